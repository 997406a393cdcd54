-- What belongs to nobody, or to somebody without an assignment on that day: it counts for the company and for nobody's
-- score. One row a KPI and employee, with the first key.
select
    contribution.period_id,
    contribution.kpi_id,
    coalesce(contribution.employee_id, 'nobody') as employee_id,
    count(*) as contributions,
    min(contribution.occurred_on) as first_on,
    min(contribution.source_key) as first_key
from {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
left join {{ being_closed(ref('int_assignment_period')) }} as assignment
    on
        contribution.period_id = assignment.period_id
        and contribution.employee_id = assignment.employee_id
        and contribution.occurred_on between assignment.active_from and assignment.active_to
where assignment.employee_id is null
group by contribution.period_id, contribution.kpi_id, contribution.employee_id
