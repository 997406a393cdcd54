{{ opportunity_kpi(
    numerator='value',
    denominator='list_price',
    counts="stage = 'won'",
) }}
