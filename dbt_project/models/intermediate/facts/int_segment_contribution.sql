-- Each contribution once for every segment that it carries a value of.
select
    contribution.period_id,
    contribution.kpi_id,
    entry.segment.key as segment,
    entry.segment.value as segment_value,
    contribution.unit_id,
    contribution.numerator,
    contribution.denominator,
    contribution.credit
from {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
cross join unnest(map_entries(contribution.segments)) as entry (segment)
where entry.segment.value is not null
