with typed as (

    select
        try_cast(raw.id as bigint) as id,
        raw.order_no,
        raw.customer_id,
        try_cast(raw.ordered_on as date) as ordered_on,
        raw.status,
        {{ amount('raw.amount') }} as amount,
        try_cast(raw.is_test as boolean) as is_test,
        try_cast(raw.updated_on as date) as updated_on,
        {{ raw_row() }}
    from {{ source('shop', 'orders') }} as raw

),

judged as (

    select
        typed.*,
        customer.person_id,
        customer.is_test as customer_is_test,
        {{ rejection([
            must_be('whole number', 'id'),
            must_be('present', 'order_no'),
            must_be('date', ['ordered_on', 'updated_on']),
            must_be('amount', 'amount'),
            must_be('flag', 'typed.is_test', called='is_test'),
        ]) }} as rejection
    from typed
    left join {{ ref('stg_shop__customers') }} as customer
        on typed.customer_id = customer.customer_id

)

{{ cleaned('judged') }}
