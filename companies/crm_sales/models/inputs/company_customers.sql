select
    customer_id,
    name,
    sector
from {{ ref('stg_crm__accounts') }}
where rejection is null
