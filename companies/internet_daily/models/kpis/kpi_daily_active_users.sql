{{ kpi_contributions(
    of=ref('traffic'),
    occurred_on='day',
    unit='traffic_id',
    credit=owner_of('shop', 'shop_id'),
    numerator='visitors',
    segments={'app': 'shop_id'},
) }}
