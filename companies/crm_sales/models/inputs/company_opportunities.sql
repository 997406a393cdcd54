select
    opportunity_id,
    employee_id,
    customer_id,
    product_id,
    product_series,
    sector,
    region,
    stage,
    engaged_on,
    closed_on,
    value,
    list_price,
    'crm' as source_system,
    'sales_pipeline' as source_table,
    opportunity_id as source_key
from {{ ref('stg_crm__sales_pipeline') }}
where rejection is null
