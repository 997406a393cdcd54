-- The assignments that touch a period, each with the days on which it was active.
with active as (

    select
        period.period_id,
        period.kind as cycle,
        period.months,
        period.days as period_days,
        assignment.employee_id,
        assignment.position_id,
        assignment.department_id,
        assignment.manager_id,
        assignment.fte,
        assignment.bonus_base,
        assignment.currency,
        greatest(assignment.valid_from, period.starts_on) as active_from,
        least(assignment.valid_to, period.ends_on) as active_to
    from {{ ref('assignments') }} as assignment
    inner join {{ source('control', 'period') }} as period
        on assignment.valid_from <= period.ends_on and assignment.valid_to >= period.starts_on

)

select
    period_id,
    cycle,
    cast(months as integer) as months,
    employee_id,
    position_id,
    department_id,
    manager_id,
    fte,
    bonus_base,
    currency,
    active_from,
    active_to,
    cast(active_to - active_from + 1 as integer) as active_days,
    cast(period_days as integer) as period_days,
    {{ exact_ratio('active_to - active_from + 1', 'period_days') }} as active_share
from active
