select
    customer_id,
    name,
    sector,
    cast(null as date) as registered_on,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign_id,
    'crm' as source_system,
    'accounts' as source_table,
    _source_key as source_key
from {{ ref('stg_crm__accounts') }}
where rejection is null
