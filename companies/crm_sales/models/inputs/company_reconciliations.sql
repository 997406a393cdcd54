-- Two places that should write the same name and don't: how many closed opportunities a day hang on it, and the rule
-- that settled it. The place that knows no such name counts 0.
with products as (

    select
        'product name `' || product_as_written || '`' as measure,
        closed_on as occurred_on,
        'crm.sales_pipeline' as system_a,
        count(*) as value_a,
        'crm.products' as system_b,
        'read as `' || product_id || '`' as resolution
    from {{ ref('stg_crm__sales_pipeline') }}
    where rejection is null and product_as_written <> product_id and closed_on is not null
    group by product_as_written, product_id, closed_on

),

sectors as (

    select
        'sector name `' || customer.sector_as_written || '`' as measure,
        opportunity.closed_on as occurred_on,
        'crm.accounts' as system_a,
        count(*) as value_a,
        'list of sectors' as system_b,
        'read as `' || customer.sector || '`' as resolution
    from {{ ref('stg_crm__sales_pipeline') }} as opportunity
    inner join {{ ref('stg_crm__accounts') }} as customer
        on opportunity.customer_id = customer.customer_id and customer.rejection is null
    where
        opportunity.rejection is null
        and opportunity.closed_on is not null
        and customer.sector_as_written <> customer.sector
    group by customer.sector_as_written, customer.sector, opportunity.closed_on

),

mapped_names as (

    select * from products
    union all
    select * from sectors

)

select
    measure,
    occurred_on,
    system_a,
    value_a,
    system_b,
    0 as value_b,
    0 as tolerance,
    resolution,
    cast(null as varchar) as differing_keys
from mapped_names
