{{ kpi_contributions(
    of=ref('customers'),
    occurred_on='registered_on',
    unit='customer_id',
    credit=led_by(ref('campaigns'), key='campaign_id', employee='owner_id'),
    counts="leader.kind = 'referral'",
    segments={'campaign': 'counted.campaign_id'},
) }}
