-- Each refund as what it takes back of its order, on the day on which it counts.
select
    refunds.refund_id,
    refunds.order_id,
    orders.customer_id,
    orders.shop_id,
    orders.channel,
    orders.campaign_id,
    orders.stream_id,
    orders.is_returning,
    case company.refunds_count_on
        when 'order_day' then orders.ordered_on else refunds.refunded_on
    end as counts_on,
    refunds.amount,
    refunds.source_system,
    refunds.source_table,
    refunds.source_key
from {{ ref('refunds') }} as refunds
inner join {{ ref('orders') }} as orders
    on refunds.order_id = orders.order_id
cross join {{ source('control', 'company') }} as company
