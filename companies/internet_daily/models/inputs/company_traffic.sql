select
    app_id || '|' || day as traffic_id,
    day,
    app_id as shop_id,
    cast(null as varchar) as channel,
    cast(null as varchar) as segment,
    cast(null as bigint) as visits,
    users as visitors,
    cast(null as bigint) as page_views,
    'app' as source_system,
    'daily_users' as source_table,
    _source_key as source_key
from {{ ref('stg_app__daily_users') }}
where rejection is null
