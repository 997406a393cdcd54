select
    cost_id,
    campaign_id,
    spent_on,
    amount,
    'marketing' as source_system,
    'costs' as source_table,
    _source_key as source_key
from {{ ref('stg_marketing__costs') }}
where rejection is null
