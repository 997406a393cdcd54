-- Each goal with the way up to its strategy.
with recursive path (goal_id, top_goal_id, parent_goal_id, path_zh, path_en) as (

    select
        goal_id,
        goal_id as top_goal_id,
        parent_goal_id,
        name_zh as path_zh,
        name_en as path_en
    from {{ source('scheme', 'goal') }}

    union all

    select
        path.goal_id,
        parent.goal_id as top_goal_id,
        parent.parent_goal_id,
        parent.name_zh || ' › ' || path.path_zh as path_zh,
        parent.name_en || ' › ' || path.path_en as path_en
    from path
    inner join {{ source('scheme', 'goal') }} as parent
        on path.parent_goal_id = parent.goal_id

)

select
    goal.goal_id,
    goal.level,
    goal.parent_goal_id,
    path.top_goal_id as strategy_goal_id,
    goal.name_zh,
    goal.name_en,
    path.path_zh,
    path.path_en,
    goal.kpi_id,
    goal.department_id,
    goal.baseline,
    goal.target,
    scheme.scheme_id,
    goal.sort_order
from {{ source('scheme', 'goal') }} as goal
inner join path
    on goal.goal_id = path.goal_id and path.parent_goal_id is null
cross join {{ source('scheme', 'scheme') }} as scheme
