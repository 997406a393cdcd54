-- Rows of a source for which more credit was given than there is.
select
    period_id,
    kpi_id,
    source_system,
    source_table,
    source_key,
    unit_id,
    sum(credit) as credit
from {{ being_closed(ref('fct_kpi_contribution')) }}
group by period_id, kpi_id, source_system, source_table, source_key, unit_id
having sum(credit) > 1
