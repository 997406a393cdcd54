{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=led_by(ref('campaigns'), key='campaign_id', employee='owner_id'),
    numerator='amount',
    segments={'campaign': 'counted.campaign_id', 'activity': 'leader.kind'},
) }}
