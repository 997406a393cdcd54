{{ kpi_contributions(
    of=ref('opportunities'),
    occurred_on='closed_on',
    unit='opportunity_id',
    credit='employee_id',
    numerator="case when stage = 'won' then 1 else 0 end",
    denominator='1',
    counts="stage in ('won', 'lost')",
    segments={'product': 'product_id', 'sector': 'sector', 'region': 'region'},
) }}
