-- The assignments that touch a period, each with the days on which it was active and, where attendance is kept, the
-- hours worked in it beside those of a full-time position in the whole period. Where the scheme splits periods, a
-- change of the position's lines ends one stretch of an assignment and begins another.
with touching as (

    select
        period.period_id,
        period.kind as cycle,
        period.month_parts,
        period.month_whole,
        period.days as period_days,
        assignment.employee_id,
        assignment.position_id,
        assignment.department_id,
        assignment.manager_id,
        assignment.fte,
        assignment.bonus_base,
        assignment.currency,
        greatest(assignment.valid_from, period.starts_on) as active_from,
        least(assignment.valid_to, period.ends_on) as active_to,
        period.starts_on
    from {{ ref('assignments') }} as assignment
    inner join {{ source('control', 'period') }} as period
        on assignment.valid_from <= period.ends_on and assignment.valid_to >= period.starts_on

),

stretch as (

    select
        touching.*,
        touching.active_from as begins_on
    from touching

    union all

    select
        touching.*,
        change.changes_on as begins_on
    from touching
    inner join {{ source('scheme', 'position_change') }} as change
        on touching.position_id = change.position_id
    where change.changes_on > touching.active_from and change.changes_on <= touching.active_to

),

-- what holds on the period's first day, or since the last change inside the period that came before
measured as (

    select
        stretch.*,
        coalesce(
            (
                select max(change.changes_on)
                from {{ source('scheme', 'position_change') }} as change
                where
                    change.position_id = stretch.position_id
                    and change.changes_on between stretch.starts_on and stretch.begins_on
            ),
            stretch.starts_on
        ) as measured_on
    from stretch

),

active as (

    select
        * exclude (begins_on, starts_on)
        replace (
            begins_on as active_from,
            coalesce(
                lead(begins_on) over (
                    partition by period_id, employee_id, position_id, department_id, active_from order by begins_on
                ) - 1,
                active_to
            ) as active_to
        )
    from measured

),

period_hours as (

    select
        period.period_id,
        sum(working_day.standard_hours) as standard_hours
    from {{ source('control', 'period') }} as period
    inner join {{ working_days() }} as working_day
        on working_day.worked_on between period.starts_on and period.ends_on
    group by period.period_id

),

-- of somebody whose attendance is kept, an assignment without a day at work has 0 hours
worked as (

    select
        active.period_id,
        active.employee_id,
        active.position_id,
        active.department_id,
        active.active_from,
        coalesce(
            sum(attendance.worked_hours)
            filter (where attendance.worked_on between active.active_from and active.active_to),
            0
        ) as worked_hours
    from active
    inner join {{ source('control', 'period') }} as period
        on active.period_id = period.period_id
    inner join {{ ref('attendance') }} as attendance
        on
            active.employee_id = attendance.employee_id
            and attendance.worked_on between period.starts_on and period.ends_on
    group by active.period_id, active.employee_id, active.active_from, active.position_id, active.department_id

)

select
    active.period_id,
    active.cycle,
    active.month_parts,
    active.month_whole,
    active.employee_id,
    active.position_id,
    active.department_id,
    active.manager_id,
    active.fte,
    active.bonus_base,
    active.currency,
    active.active_from,
    active.active_to,
    active.measured_on,
    cast(active.active_to - active.active_from + 1 as integer) as active_days,
    cast(active.period_days as integer) as period_days,
    {{ exact_ratio('active.active_to - active.active_from + 1', 'active.period_days') }} as active_share,
    worked.worked_hours,
    period_hours.standard_hours
from active
left join period_hours
    on active.period_id = period_hours.period_id
left join worked
    on
        active.period_id = worked.period_id
        and active.employee_id = worked.employee_id
        and active.active_from = worked.active_from
        and active.position_id = worked.position_id
        and active.department_id = worked.department_id
