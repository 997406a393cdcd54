with typed as (

    select
        try_cast(raw.id as bigint) as id,
        raw.customer_id,
        raw.kind,
        try_cast(raw.sent_at as timestamptz) as sent_at,
        {{ local_day('try_cast(raw.sent_at as timestamptz)', 'Asia/Shanghai') }} as sent_on,
        raw.delivered_at as delivered_at_as_written,
        try_cast(raw.delivered_at as timestamptz) as delivered_at,
        {{ local_day('try_cast(raw.delivered_at as timestamptz)', 'Asia/Shanghai') }} as delivered_on,
        {{ raw_row() }}
    from {{ source('shop', 'messages') }} as raw

),

joined as (

    select
        typed.*,
        customer.person_id,
        customer.customer_id is not null and not customer.is_test as customer_is_used
    from typed
    left join {{ ref('stg_shop__customers') }} as customer
        on typed.customer_id = customer.customer_id

),

judged as (

    select
        joined.*,
        {{ rejection([
            must_be('whole number', 'id'),
            must_be('moment', 'sent_at'),
            must_be('moment', 'delivered_at', optional=true),
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
