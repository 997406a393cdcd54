-- Contributions of people without an assignment on that day: they count for the company and for nobody's score.
select
    contribution.period_id,
    contribution.kpi_id,
    contribution.employee_id,
    contribution.occurred_on,
    contribution.source_key
from {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
left join {{ ref('int_assignment_period') }} as assignment
    on
        contribution.period_id = assignment.period_id
        and contribution.employee_id = assignment.employee_id
        and contribution.occurred_on between assignment.active_from and assignment.active_to
where assignment.employee_id is null
