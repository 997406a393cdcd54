select
    benefit_use_id,
    customer_id,
    benefit,
    granted_on,
    used_on,
    'crm' as source_system,
    'benefits' as source_table,
    _source_key as source_key
from {{ ref('stg_crm__benefits') }}
where rejection is null
