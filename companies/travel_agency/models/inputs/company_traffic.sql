select
    line_id || '|' || day as traffic_id,
    day,
    line_id as shop_id,
    cast(null as varchar) as channel,
    cast(null as varchar) as segment,
    visits,
    cast(null as bigint) as visitors,
    cast(null as bigint) as page_views,
    'web' as source_system,
    'visits' as source_table,
    _source_key as source_key
from {{ ref('stg_web__visits') }}
where rejection is null
