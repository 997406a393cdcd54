-- The KPIs of which an assignment needs an actual: those with a weight; and those that give extra points for a position
-- which the employee holds at any time of the period, of which all that came in counts.
with entitled as (

    select distinct
        assignment.period_id,
        assignment.employee_id,
        extra.kpi_id
    from {{ being_closed(ref('int_assignment_period')) }} as assignment
    inner join {{ source('control', 'period') }} as period
        on assignment.period_id = period.period_id
    inner join {{ source('scheme', 'extra_points') }} as extra
        on
            assignment.position_id = extra.position_id
            and period.starts_on between extra.valid_from and extra.valid_to

),

-- who is measured by a KPI of the team has extra points for the team's
scoped as (

    select
        entitled.period_id,
        entitled.employee_id,
        entitled.kpi_id,
        coalesce(max(weighted.scope), 'self') as scope
    from entitled
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
