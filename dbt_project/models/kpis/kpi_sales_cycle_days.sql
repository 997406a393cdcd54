{{ opportunity_kpi(
    numerator='closed_on - engaged_on',
    denominator='1',
    counts="stage = 'won'",
) }}
