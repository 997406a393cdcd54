select
    period_id,
    segment,
    segment_value,
    kpi_id,
    numerator,
    denominator,
    actual,
    contributions
from (
    {{ aggregate(ref('int_segment_contribution'), ['period_id', 'segment', 'segment_value']) }}
)
