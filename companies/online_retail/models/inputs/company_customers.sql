select
    customer_id,
    cast(null as varchar) as name,
    cast(null as varchar) as sector,
    cast(null as date) as registered_on,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign_id,
    'shop' as source_system,
    'lines' as source_table,
    source_key
from {{ ref('customer_countries') }}
