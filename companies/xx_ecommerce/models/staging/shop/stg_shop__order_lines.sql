with typed as (

    select
        try_cast(raw.id as bigint) as id,
        try_cast(raw.order_id as bigint) as order_id,
        try_cast(raw.line_no as integer) as line_no,
        raw.sku,
        try_cast(raw.quantity as integer) as quantity,
        {{ amount('raw.unit_price') }} as unit_price,
        {{ raw_row() }}
    from {{ source('shop', 'order_lines') }} as raw

),

joined as (

    select
        typed.*,
        parent.placed_on,
        parent.id is not null and parent.rejection is null as order_is_used
    from typed
    left join {{ ref('stg_shop__orders') }} as parent
        on typed.order_id = parent.id

),

judged as (

    select
        joined.*,
        {{ rejection([
            must_be('whole number', ['id', 'order_id', 'line_no', 'quantity']),
            must_be('amount', 'unit_price'),
            {
                'rule': 'negative_value',
                'when': 'quantity <= 0 or unit_price < 0',
                'because': "'quantity must be above 0, unit_price not below 0'",
            },
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
