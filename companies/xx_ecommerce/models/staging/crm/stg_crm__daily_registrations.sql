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
            must_be('date', 'day'),
            must_be('whole number', 'new_customers'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
