with typed as (

    select
        try_cast(raw.day as date) as day,
        try_cast(raw.orders as bigint) as orders,
        {{ raw_row() }}
    from {{ source('payments', 'daily') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', 'day'),
            must_be('whole number', 'orders'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
