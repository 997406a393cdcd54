-- The KPIs of which an assignment needs an actual: those with a weight; and those that give extra points for a position
-- which the employee holds at any time of the period, of which all that came in counts; of who is measured by that KPI
-- of the team, all that the team brought.
with scoped as (

    select
        entitled.period_id,
        entitled.employee_id,
        entitled.kpi_id,
        coalesce(max(weighted.scope), 'self') as scope
    from {{ ref('int_extra_entitlement') }} as entitled
    left join {{ being_closed(ref('int_assigned_kpi')) }} as weighted
        on
            entitled.period_id = weighted.period_id
            and entitled.employee_id = weighted.employee_id
            and entitled.kpi_id = weighted.kpi_id
    group by entitled.period_id, entitled.employee_id, entitled.kpi_id

)

select
    period_id,
    employee_id,
    position_id,
    department_id,
    active_from,
    active_to,
    kpi_id,
    scope
from {{ being_closed(ref('int_assigned_kpi')) }}

union all

select
    assignment.period_id,
    assignment.employee_id,
    assignment.position_id,
    assignment.department_id,
    assignment.active_from,
    assignment.active_to,
    scoped.kpi_id,
    scoped.scope
from {{ being_closed(ref('int_assignment_period')) }} as assignment
inner join scoped
    on
        assignment.period_id = scoped.period_id
        and assignment.employee_id = scoped.employee_id
left join {{ being_closed(ref('int_assigned_kpi')) }} as weighted
    on
        assignment.period_id = weighted.period_id
        and assignment.employee_id = weighted.employee_id
        and assignment.position_id = weighted.position_id
        and assignment.department_id = weighted.department_id
        and assignment.active_from = weighted.active_from
        and scoped.kpi_id = weighted.kpi_id
where weighted.kpi_id is null
