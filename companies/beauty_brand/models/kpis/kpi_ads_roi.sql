{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=led_by(ref('campaigns'), key='campaign_id', employee='owner_id'),
    numerator='amount',
    denominator='0',
    counts="leader.kind = 'ads'",
    segments={'campaign': 'counted.campaign_id'},
) }}

union all

{{ kpi_contributions(
    of=ref('campaign_costs'),
    occurred_on='spent_on',
    unit='cost_id',
    credit=led_by(ref('campaigns'), key='campaign_id', employee='owner_id'),
    numerator='0',
    denominator='amount',
    counts="leader.kind = 'ads'",
    segments={'campaign': 'counted.campaign_id'},
) }}
