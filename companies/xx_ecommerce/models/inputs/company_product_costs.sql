select
    product_id,
    month_starts_on,
    unit_cost,
    'erp' as source_system,
    'product_costs' as source_table,
    _source_key as source_key
from {{ ref('stg_erp__product_costs') }}
where rejection is null
