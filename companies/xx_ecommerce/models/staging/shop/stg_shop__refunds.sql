with typed as (

    select
        try_cast(raw.id as bigint) as id,
        try_cast(raw.order_id as bigint) as order_id,
        try_cast(raw.refunded_at as timestamptz) as refunded_at,
        {{ local_day('try_cast(raw.refunded_at as timestamptz)', 'Asia/Shanghai') }} as refunded_on,
        {{ amount('raw.amount') }} as amount,
        raw.reason,
        {{ raw_row() }}
    from {{ source('shop', 'refunds') }} as raw

),

joined as (

    select
        typed.*,
        parent.id is not null and parent.rejection is null as order_is_used
    from typed
    left join {{ ref('stg_shop__orders') }} as parent
        on typed.order_id = parent.id

),

judged as (

    select
        joined.*,
        {{ rejection([
            must_be('whole number', ['id', 'order_id']),
            must_be('moment', 'refunded_at'),
            must_be('amount', 'amount'),
            {'rule': 'negative_value', 'when': 'amount <= 0', 'because': "'amount is not above 0'"},
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
