-- With the stream's host.
select
    counted.order_id,
    counted.ordered_on,
    counted.shop_id,
    counted.is_returning,
    counted.amount,
    stream.host_id,
    counted.source_system,
    counted.source_table,
    counted.source_key
from {{ ref('orders') }} as counted
inner join {{ ref('streams') }} as stream
    on counted.stream_id = stream.stream_id
