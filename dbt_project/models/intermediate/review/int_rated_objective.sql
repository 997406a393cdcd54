-- What an employee reaches in a department on the KPIs that serve an objective, 100 = every target just reached; of
-- several assignments in the department by days.
with line as (

    select
        score.period_id,
        score.department_id,
        score.employee_id,
        score.weight,
        score.weighted_score,
        score.active_to - score.active_from + 1 as days,
        case goal.level
            when 'objective' then goal.goal_id
            when 'key_result' then goal.parent_goal_id
        end as objective_id
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ source('scheme', 'goal') }} as goal
        on score.goal_id = goal.goal_id
    where score.points is not null

)

select
    period_id,
    department_id,
    employee_id,
    objective_id,
    {{ exact_ratio('sum(weighted_score * days)', 'sum(weight * days)') }} as score
from line
where objective_id is not null
group by period_id, department_id, employee_id, objective_id
