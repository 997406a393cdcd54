with typed as (

    select
        raw.id,
        try_cast(raw.day as date) as day,
        try_cast(raw.new_customers as bigint) as new_customers,
        {{ raw_row() }}
    from {{ source('crm', 'daily_registrations') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            {'rule': 'not_a_date', 'when': 'day is null', 'because': "'day is no date'"},
            {
                'rule': 'not_a_number',
                'when': 'new_customers is null',
                'because': "'new_customers is no whole number'",
            },
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
