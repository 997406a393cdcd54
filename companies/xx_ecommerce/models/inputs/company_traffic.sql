select
    id as traffic_id,
    day,
    shop_id,
    channel,
    segment,
    visits,
    visitors,
    page_views,
    'shop' as source_system,
    'traffic' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__traffic') }}
where rejection is null
