-- Where an employee stands in a period, for comparing groups: department and position of the last day, and whether the
-- assignments of that day make a full-time job.
with held as (

    select
        period_id,
        employee_id,
        fte,
        active_to = max(active_to) over (partition by period_id, employee_id) as is_last
    from {{ being_closed(ref('int_assignment_period')) }}

),

worked as (

    select
        period_id,
        employee_id,
        case when sum(fte) < 1 then 'part_time' else 'full_time' end as employment
    from held
    where is_last
    group by period_id, employee_id

)

select
    evaluation.period_id,
    evaluation.employee_id,
    evaluation.department_id,
    evaluation.position_id,
    worked.employment
from {{ being_closed(ref('fct_evaluation')) }} as evaluation
inner join worked
    on evaluation.period_id = worked.period_id and evaluation.employee_id = worked.employee_id
