select
    'customer' as subject_kind,
    customer_id as subject_id,
    owner_id as employee_id,
    1 as share,
    owned_since as valid_from,
    date '9999-12-31' as valid_to
from {{ ref('stg_crm__customers') }}
where rejection is null
