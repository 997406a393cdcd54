{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='customer_id',
    credit=owner_of('customer', 'customer_id'),
    counts='customer_id is not null',
    segments={'channel': 'channel', 'shop': 'shop_id'},
) }}
