-- Of a period that is the mean of shorter ones by the scheme: each of these in which an employee had an assignment, its
-- published final score, and the days of the assignments in it.
with held as (

    select
        assignment.period_id,
        assignment.employee_id,
        part.part_period_id,
        part.starts_on,
        part.name_zh,
        part.name_en,
        cast(
            sum(least(assignment.active_to, part.ends_on) - greatest(assignment.active_from, part.starts_on) + 1)
            as integer
        ) as days
    from {{ being_closed(ref('int_assignment_period')) }} as assignment
    inner join {{ source('control', 'part') }} as part
        on
            assignment.period_id = part.period_id
            and assignment.active_from <= part.ends_on
            and assignment.active_to >= part.starts_on
    group by all

)

select
    held.period_id,
    held.employee_id,
    held.part_period_id,
    held.starts_on,
    held.name_zh,
    held.name_en,
    held.days,
    -- somebody who stands in the assignments only since the part was closed was not evaluated in it
    coalesce(evaluation.status, 'incomplete') as status,
    evaluation.final_score
from held
left join {{ source('control', 'part_evaluation') }} as evaluation
    on held.part_period_id = evaluation.part_period_id and held.employee_id = evaluation.employee_id
