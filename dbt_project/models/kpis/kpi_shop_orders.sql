{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=owner_of('shop', 'shop_id'),
    segments=order_segments(),
) }}
