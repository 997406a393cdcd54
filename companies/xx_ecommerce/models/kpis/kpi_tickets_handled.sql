{{ kpi_contributions(
    of=ref('tickets'),
    occurred_on='opened_on',
    unit='ticket_id',
    credit='handler_id',
    segments={'topic': 'topic'},
) }}
