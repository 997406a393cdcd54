select
    period_id,
    level,
    member_id,
    kpi_id,
    numerator,
    denominator,
    actual,
    contributions
from (
    {{ aggregate(ref('int_member_contribution'), ['period_id', 'level', 'member_id']) }}
)
