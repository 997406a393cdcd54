{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=owner_of('shop', 'shop_id'),
    numerator='0',
    denominator='amount',
    segments={'channel': 'channel', 'shop': 'shop_id'},
) }}

union all

{{ kpi_contributions(
    of=ref('refunded_orders'),
    occurred_on='counts_on',
    unit='order_id',
    credit=owner_of('shop', 'shop_id'),
    numerator='amount',
    denominator='0',
    segments={'channel': 'channel', 'shop': 'shop_id'},
) }}
