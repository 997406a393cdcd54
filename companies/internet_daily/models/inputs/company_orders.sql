select
    order_id,
    user_id as customer_id,
    app_id as shop_id,
    ordered_on,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign_id,
    cast(null as varchar) as stream_id,
    row_number() over (partition by user_id order by ordered_on, order_id) > 1 as is_returning,
    amount,
    'app' as source_system,
    'orders' as source_table,
    _source_key as source_key
from {{ ref('stg_app__orders') }}
where rejection is null
