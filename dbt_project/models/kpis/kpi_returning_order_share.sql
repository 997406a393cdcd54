{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=owner_of('customer', 'customer_id'),
    numerator='case when is_returning then 1 else 0 end',
    counts='customer_id is not null',
    segments={'channel': 'channel', 'shop': 'shop_id'},
) }}
