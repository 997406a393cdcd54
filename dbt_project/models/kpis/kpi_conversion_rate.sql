{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=owner_of('shop', 'shop_id'),
    numerator='1',
    denominator='0',
    segments=order_segments(),
) }}

union all

{{ kpi_contributions(
    of=ref('traffic'),
    occurred_on='day',
    unit='traffic_id',
    credit=owner_of('shop', 'shop_id'),
    numerator='0',
    denominator='visits',
    segments={'customers': 'segment', 'channel': 'channel', 'shop': 'shop_id'},
) }}
