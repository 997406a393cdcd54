-- Every KPI that an active assignment should have, beside what is there.
with expected as (

    select
        assignment.period_id,
        assignment.employee_id,
        assignment.position_id,
        assignment.department_id,
        assignment.active_from,
        count(line.kpi_id) as kpis_expected
    from {{ being_closed(ref('int_assignment_period')) }} as assignment
    inner join {{ source('scheme', 'position_kpi') }} as line
        on
            assignment.position_id = line.position_id
            and assignment.measured_on between line.valid_from and line.valid_to
    group by
        assignment.period_id,
        assignment.employee_id,
        assignment.position_id,
        assignment.department_id,
        assignment.active_from

),

present as (

    select
        assigned.period_id,
        assigned.employee_id,
        assigned.position_id,
        assigned.department_id,
        assigned.active_from,
        count(actuals.kpi_id) as kpis_present,
        sum(assigned.weight) as weight_sum
    from {{ being_closed(ref('int_assigned_kpi')) }} as assigned
    left join {{ being_closed(ref('fct_kpi_actual')) }} as actuals
        on
            assigned.period_id = actuals.period_id
            and assigned.employee_id = actuals.employee_id
            and assigned.kpi_id = actuals.kpi_id
    group by
        assigned.period_id,
        assigned.employee_id,
        assigned.position_id,
        assigned.department_id,
        assigned.active_from

)

select
    expected.period_id,
    expected.employee_id,
    expected.position_id,
    expected.department_id,
    expected.kpis_expected,
    coalesce(present.kpis_present, 0) as kpis_present,
    coalesce(present.weight_sum, 0) as weight_sum
from expected
left join present
    on
        expected.period_id = present.period_id
        and expected.employee_id = present.employee_id
        and expected.position_id = present.position_id
        and expected.department_id = present.department_id
        and expected.active_from = present.active_from
