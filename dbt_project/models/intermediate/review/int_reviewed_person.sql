-- Whom a KPI of a position measures, each once: attainment and points, of several assignments in the position their
-- mean by days.
with measured as (

    select
        period_id,
        position_id,
        kpi_id,
        employee_id,
        active_to - active_from + 1 as days,
        -- an actual of 0 where lower is better has no attainment: it counts as in fct_kpi_score
        least(coalesce(attainment, 1000000000), cast(1000000000 as decimal(28, 8))) as attainment,
        points
    from {{ being_closed(ref('fct_kpi_score')) }}
    where status <> 'no_data'

)

select
    period_id,
    position_id,
    kpi_id,
    employee_id,
    {{ exact_ratio('sum(attainment * days)', 'sum(days)') }} as attainment,
    {{ exact_ratio('sum(points * days)', 'sum(days)', scale=4) }} as points
from measured
group by period_id, position_id, kpi_id, employee_id
