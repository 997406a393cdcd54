with typed as (

    select
        raw.country,
        raw.employee_id,
        {{ amount('raw.share', scale=8) }} as share,
        try_cast(raw.valid_from as date) as valid_from,
        coalesce(try_cast(raw.valid_to as date), date '9999-12-31') as valid_to,
        raw.valid_to is not null and try_cast(raw.valid_to as date) is null as valid_to_is_no_date,
        {{ raw_row() }}
    from {{ source('staff', 'territories') }} as raw

),

joined as (

    select
        typed.*,
        employee.employee_id is not null as is_known_employee
    from typed
    left join {{ ref('stg_staff__employees') }} as employee
        on typed.employee_id = employee.employee_id and employee.rejection is null

),

judged as (

    select
        country,
        employee_id,
        share,
        valid_from,
        valid_to,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            must_be('present', 'country', blocks=true),
            {
                'rule': 'unknown_employee',
                'when': 'employee_id is not null and not is_known_employee',
                'because': "'employee `' || employee_id || '` is not in employees.csv'",
                'blocks': true,
            },
            {
                'rule': 'not_a_number',
                'when': 'employee_id is not null and coalesce(share not between 0 and 1 or share = 0, true)',
                'because': "'the share of `' || employee_id || '` in `' || country || '` is not above 0 and at most 1'",
                'blocks': true,
            },
            {
                'rule': 'not_a_date',
                'when': 'valid_from is null or valid_to_is_no_date',
                'because': "'valid_from or valid_to of `' || country || '` is no date like 2010-12-31'",
                'blocks': true,
            },
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
