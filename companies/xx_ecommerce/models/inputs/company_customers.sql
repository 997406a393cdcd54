select
    customer_id,
    name,
    cast(null as varchar) as sector,
    registered_on,
    channel,
    campaign_id,
    'shop' as source_system,
    'customers' as source_table,
    customer_id as source_key
from {{ ref('stg_shop__customers') }}
where rejection is null
