with typed as (

    select
        raw.id,
        raw.employee_id,
        raw.department_id,
        try_cast(raw.valid_from as date) as valid_from,
        try_cast(raw.valid_to as date) as valid_to,
        {{ raw_row() }}
    from {{ source('hris', 'loans') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', ['valid_from', 'valid_to'], blocks=true),
            {
                'rule': 'impossible_dates',
                'when': 'valid_to < valid_from',
                'because': "'the loan ends on ' || valid_to || ', before it begins on ' || valid_from",
                'blocks': true,
            },
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
