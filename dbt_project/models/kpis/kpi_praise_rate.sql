{{ kpi_contributions(
    of=ref('voices'),
    occurred_on='said_on',
    unit='voice_id',
    credit='employee_id',
    denominator='0',
    counts="kind = 'praise'",
) }}

union all

{{ kpi_contributions(
    of=ref('tickets'),
    occurred_on='opened_on',
    unit='ticket_id',
    credit='handler_id',
    numerator='0',
) }}
