select
    cast(id as varchar) as refund_id,
    cast(order_id as varchar) as order_id,
    refunded_on,
    amount,
    'shop' as source_system,
    'refunds' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__refunds') }}
where rejection is null
