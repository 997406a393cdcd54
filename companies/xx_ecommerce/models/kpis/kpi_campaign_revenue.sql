{{ kpi_contributions(
    of=ref('campaign_orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit='owner_id',
    numerator='amount',
    segments={'campaign': 'campaign_id', 'activity': 'campaign_kind'},
) }}
