select
    customer_id,
    cast(null as varchar) as name,
    cast(null as varchar) as sector,
    registered_on,
    cast(null as varchar) as channel,
    campaign_id,
    'shop' as source_system,
    'customers' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__customers') }}
where rejection is null
