select
    _source_key as cost_id,
    campaign_id,
    spent_on,
    amount,
    'erp' as source_system,
    'campaign_costs' as source_table,
    _source_key as source_key
from {{ ref('stg_erp__campaign_costs') }}
where rejection is null
