{{ kpi_contributions(
    of=ref('campaign_orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit='owner_id',
    numerator='amount',
    denominator='0',
    segments={'campaign': 'campaign_id', 'activity': 'campaign_kind'},
) }}

union all

{{ kpi_contributions(
    of=ref('campaign_spending'),
    occurred_on='spent_on',
    unit='cost_id',
    credit='owner_id',
    numerator='0',
    denominator='amount',
    segments={'campaign': 'campaign_id', 'activity': 'campaign_kind'},
) }}
