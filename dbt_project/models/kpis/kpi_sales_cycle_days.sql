{{ kpi_contributions(
    of=ref('opportunities'),
    occurred_on='closed_on',
    unit='opportunity_id',
    credit='employee_id',
    numerator="closed_on - engaged_on",
    denominator='1',
    counts="stage = 'won'",
    segments={'product': 'product_id', 'sector': 'sector', 'region': 'region'},
) }}
