{{ kpi_contributions(
    of=ref('tickets'),
    occurred_on='opened_on',
    unit='ticket_id',
    credit='handler_id',
    numerator='response_minutes',
    counts='response_minutes is not null',
    segments={'topic': 'topic'},
) }}
