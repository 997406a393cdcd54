select
    customer_id || '|' || day as activity_id,
    customer_id,
    day,
    'product' as source_system,
    'logins' as source_table,
    _source_key as source_key
from {{ ref('stg_product__logins') }}
where rejection is null
