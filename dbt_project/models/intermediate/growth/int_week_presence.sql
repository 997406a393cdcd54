-- The whole weeks that somebody spent in a position, and how much of a full-time week was worked: by hours where
-- attendance is kept, else by the full-time share.
with week as (

    select
        look.period_id,
        unnest(range(cast(look.ends_on - look.starts_on + 1 as bigint) // 7)) as weeks_back,
        look.ends_on
    from {{ strength_window() }} as look

),

dated as (

    select
        period_id,
        cast(weeks_back as integer) as weeks_back,
        ends_on - cast(7 * weeks_back + 6 as integer) as starts_on,
        ends_on - cast(7 * weeks_back as integer) as ends_on
    from week

),

held as (

    select
        dated.period_id,
        dated.weeks_back,
        dated.starts_on,
        dated.ends_on,
        place.employee_id,
        place.position_id
    from (
        select distinct
            period_id,
            employee_id,
            position_id
        from {{ ref('int_strength_line') }}
    ) as line
    inner join {{ ref('int_position_stretch') }} as place
        on line.employee_id = place.employee_id and line.position_id = place.position_id
    inner join dated
        on
            line.period_id = dated.period_id
            and place.active_from <= dated.starts_on
            and place.active_to >= dated.ends_on

),

by_contract as (

    select
        held.period_id,
        held.employee_id,
        held.position_id,
        held.weeks_back,
        sum(
            assignment.fte
            * (least(assignment.valid_to, held.ends_on) - greatest(assignment.valid_from, held.starts_on) + 1)
        ) / 7 as presence
    from held
    inner join {{ ref('assignments') }} as assignment
        on
            held.employee_id = assignment.employee_id
            and held.position_id = assignment.position_id
            and held.starts_on <= assignment.valid_to
            and held.ends_on >= assignment.valid_from
    group by held.period_id, held.employee_id, held.position_id, held.weeks_back

),

-- of whom attendance is kept since when: from then on a working day without a row is one of absence
kept as (

    select
        employee_id,
        min(worked_on) as since
    from {{ ref('attendance') }}
    group by employee_id

),

by_hours as (

    select
        held.period_id,
        held.employee_id,
        held.position_id,
        held.weeks_back,
        coalesce(sum(attendance.worked_hours), 0) / nullif(sum(working_day.standard_hours), 0) as presence
    from held
    inner join kept
        on held.employee_id = kept.employee_id
    inner join {{ working_days() }} as working_day
        on
            working_day.worked_on between held.starts_on and held.ends_on
            and kept.since <= working_day.worked_on
    left join {{ ref('attendance') }} as attendance
        on
            held.employee_id = attendance.employee_id
            and working_day.worked_on = attendance.worked_on
    group by held.period_id, held.employee_id, held.position_id, held.weeks_back

)

select
    by_contract.period_id,
    by_contract.employee_id,
    by_contract.position_id,
    by_contract.weeks_back,
    cast(coalesce(by_hours.presence, by_contract.presence) as double) as presence
from by_contract
left join by_hours
    on
        by_contract.period_id = by_hours.period_id
        and by_contract.employee_id = by_hours.employee_id
        and by_contract.position_id = by_hours.position_id
        and by_contract.weeks_back = by_hours.weeks_back
