with typed as (

    select
        raw.customer_id,
        try_cast(raw.day as date) as day,
        {{ raw_row() }}
    from {{ source('product', 'logins') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'customer_id'),
            must_be('date', 'day'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
