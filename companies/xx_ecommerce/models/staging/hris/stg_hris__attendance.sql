with typed as (

    select
        raw.id,
        raw.employee_id,
        try_cast(raw.worked_on as date) as worked_on,
        {{ amount('raw.standard_hours') }} as standard_hours,
        {{ amount('raw.worked_hours') }} as worked_hours,
        {{ raw_row() }}
    from {{ source('hris', 'attendance') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            {'rule': 'not_a_date', 'when': 'worked_on is null', 'because': "'worked_on is no date'", 'blocks': true},
            {
                'rule': 'not_a_number',
                'when': 'standard_hours is null or worked_hours is null',
                'because': "'standard_hours and worked_hours must be numbers'",
                'blocks': true,
            },
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
