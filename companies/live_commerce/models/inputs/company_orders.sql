select
    placed.order_id,
    placed.viewer_id as customer_id,
    stream.room as shop_id,
    placed.ordered_on,
    'live' as channel,
    cast(null as varchar) as campaign_id,
    placed.stream_id,
    placed.is_fan as is_returning,
    placed.amount,
    'live' as source_system,
    'orders' as source_table,
    placed._source_key as source_key
from {{ ref('stg_live__orders') }} as placed
left join {{ ref('stg_live__streams') }} as stream
    on placed.stream_id = stream.stream_id and stream.rejection is null
where placed.rejection is null
