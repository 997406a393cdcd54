-- Who belongs to whose team on which days: direct reports, and theirs.
with recursive reporting_line (period_id, manager_id, employee_id, active_from, active_to) as (

    select
        period_id,
        manager_id,
        employee_id,
        active_from,
        active_to
    from {{ being_closed(ref('int_assignment_period')) }}
    where manager_id is not null

    union

    select
        line.period_id,
        line.manager_id,
        report.employee_id,
        greatest(line.active_from, report.active_from) as active_from,
        least(line.active_to, report.active_to) as active_to
    from reporting_line as line
    inner join {{ being_closed(ref('int_assignment_period')) }} as report
        on
            line.period_id = report.period_id
            and line.employee_id = report.manager_id
            and line.active_from <= report.active_to
            and line.active_to >= report.active_from

)

select
    period_id,
    manager_id,
    employee_id,
    active_from,
    active_to
from reporting_line
