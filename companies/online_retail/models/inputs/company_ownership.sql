select
    'customer' as subject_kind,
    customer.customer_id as subject_id,
    territory.employee_id,
    territory.share,
    territory.valid_from,
    territory.valid_to
from {{ ref('customer_countries') }} as customer
inner join {{ ref('stg_staff__territories') }} as territory
    on customer.country = territory.country
where territory.rejection is null and territory.employee_id is not null
