with typed as (

    select
        raw.employee_id,
        raw.name_zh,
        raw.name_en,
        raw.position_id,
        raw.department_id,
        raw.manager_id,
        {{ amount('raw.bonus_base') }} as bonus_base,
        try_cast(raw.valid_from as date) as valid_from,
        coalesce(try_cast(raw.valid_to as date), date '9999-12-31') as valid_to,
        raw.valid_to is not null and try_cast(raw.valid_to as date) is null as valid_to_is_no_date,
        count(*) over (partition by raw.employee_id) as copies,
        {{ raw_row() }}
    from {{ source('staff', 'employees') }} as raw

),

judged as (

    select
        employee_id,
        name_zh,
        name_en,
        position_id,
        department_id,
        manager_id,
        bonus_base,
        valid_from,
        valid_to,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            {
                'rule': 'value_missing',
                'when': 'employee_id is null or position_id is null or department_id is null',
                'because': "'employee, position and department must all be given'",
                'blocks': true,
            },
            {
                'rule': 'contradictory_key',
                'when': 'copies > 1',
                'because': "'employee `' || employee_id || '` stands ' || copies || ' times'",
                'blocks': true,
            },
            {
                'rule': 'not_a_number',
                'when': 'bonus_base is null or bonus_base < 0',
                'because': "'bonus_base of `' || employee_id || '` is no amount of money from 0 on'",
                'blocks': true,
            },
            {
                'rule': 'not_a_date',
                'when': 'valid_from is null or valid_to_is_no_date',
                'because': "'valid_from or valid_to of `' || employee_id || '` is no date like 2010-12-31'",
                'blocks': true,
            },
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
