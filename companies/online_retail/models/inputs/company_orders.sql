-- An invoice is placed at the moment of its first line; 33 of them carry two, a minute apart.
with invoice as (

    select
        invoice_no,
        min(invoiced_at) as placed_at,
        min(customer_id) as customer_id,
        sum(amount) as amount
    from {{ ref('stg_shop__lines') }}
    where rejection is null and not is_cancellation
    group by invoice_no

)

select
    invoice_no as order_id,
    customer_id,
    cast(null as varchar) as shop_id,
    cast(placed_at as date) as ordered_on,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign_id,
    cast(null as varchar) as stream_id,
    case
        when customer_id is not null
            then row_number() over (partition by customer_id order by placed_at, invoice_no) > 1
    end as is_returning,
    amount,
    'shop' as source_system,
    'lines' as source_table,
    invoice_no as source_key
from invoice
