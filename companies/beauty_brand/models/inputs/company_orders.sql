select
    order_id,
    customer_id,
    cast(null as varchar) as shop_id,
    ordered_on,
    cast(null as varchar) as channel,
    campaign_id,
    cast(null as varchar) as stream_id,
    row_number() over (partition by customer_id order by ordered_on, order_id) > 1 as is_returning,
    amount,
    'shop' as source_system,
    'orders' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__orders') }}
where rejection is null
