-- Whoever registered twice is one person here, so that the second account's first order is not the first of a customer.
select
    cast(id as varchar) as order_id,
    person_id as customer_id,
    shop_id,
    placed_on as ordered_on,
    channel,
    campaign_id,
    stream_id,
    person_id is not null and row_number() over (partition by person_id order by placed_at, id) > 1 as is_returning,
    amount,
    'shop' as source_system,
    'orders' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__orders') }}
where rejection is null
