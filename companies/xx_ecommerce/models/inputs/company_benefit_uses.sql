select
    id as benefit_use_id,
    person_id as customer_id,
    benefit,
    granted_on,
    used_on,
    'shop' as source_system,
    'benefit_uses' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__benefit_uses') }}
where rejection is null
