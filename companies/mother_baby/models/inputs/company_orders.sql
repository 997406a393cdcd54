-- Whoever registered twice is one person here.
select
    cast(id as varchar) as order_id,
    person_id as customer_id,
    cast(null as varchar) as shop_id,
    ordered_on,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign_id,
    cast(null as varchar) as stream_id,
    row_number() over (partition by person_id order by ordered_on, id) > 1 as is_returning,
    amount,
    'shop' as source_system,
    'orders' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__orders') }}
where rejection is null
