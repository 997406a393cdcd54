with typed as (

    select
        raw.order_id,
        raw.customer_id,
        try_cast(raw.ordered_on as date) as ordered_on,
        {{ amount('raw.amount') }} as amount,
        {{ raw_row() }}
    from {{ source('shop', 'orders') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'order_id'),
            must_be('date', 'ordered_on'),
            must_be('amount', 'amount'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
