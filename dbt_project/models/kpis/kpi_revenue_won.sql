{{ opportunity_kpi(
    numerator="case when stage = 'won' then value else 0 end",
    denominator='1',
    counts="stage in ('won', 'lost')",
) }}
