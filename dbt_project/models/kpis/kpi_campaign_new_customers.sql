{{ kpi_contributions(
    of=ref('campaign_registrations'),
    occurred_on='registered_on',
    unit='customer_id',
    credit='owner_id',
    segments={'campaign': 'campaign_id', 'activity': 'campaign_kind'},
) }}
