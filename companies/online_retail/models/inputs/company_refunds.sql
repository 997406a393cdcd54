-- A cancellation invoice may take back lines of several orders: a refund for each.
select
    invoice_no || '-' || order_no as refund_id,
    order_no as order_id,
    min(invoiced_on) as refunded_on,
    -sum(amount) as amount,
    'shop' as source_system,
    'lines' as source_table,
    invoice_no as source_key
from {{ ref('stg_shop__lines') }}
where rejection is null and is_cancellation
group by invoice_no, order_no
