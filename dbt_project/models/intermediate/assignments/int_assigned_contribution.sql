-- The contributions that count for an assignment's KPI: the employee's own, or the team's, while it was active.
with counted as (

    {{ counted_days(being_closed(ref('int_measured_kpi'))) }}

)

select
    counted.period_id,
    counted.employee_id,
    counted.position_id,
    counted.department_id,
    counted.active_from,
    contribution.kpi_id,
    contribution.employee_id as contributor_id,
    contribution.unit_id,
    contribution.numerator,
    contribution.denominator,
    contribution.credit,
    contribution.source_system,
    contribution.source_table,
    contribution.source_key
from counted
inner join {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
    on
        counted.period_id = contribution.period_id
        and counted.kpi_id = contribution.kpi_id
        and counted.contributor_id = contribution.employee_id
        and contribution.occurred_on between counted.counts_from and counted.counts_to
