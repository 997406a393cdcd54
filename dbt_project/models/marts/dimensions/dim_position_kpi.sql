-- The last link of the cascade: strategy › objective › key result › KPI › position. Who holds the position in a period
-- and is measured by the line stands in fct_kpi_score.
select
    line.position_id,
    line.kpi_id,
    line.goal_id,
    line.scope,
    line.weight,
    line.target,
    line.team_target,
    line.growth,
    line.rule_id,
    line.no_data,
    line.valid_from,
    line.valid_to,
    goal.strategy_goal_id,
    goal.path_zh || ' › ' || kpi.name_zh || ' › ' || coalesce(position.name_zh, line.position_id) as path_zh,
    goal.path_en || ' › ' || kpi.name_en || ' › ' || coalesce(position.name_en, line.position_id) as path_en
from {{ source('scheme', 'position_kpi') }} as line
inner join {{ ref('dim_goal') }} as goal
    on line.goal_id = goal.goal_id
inner join {{ source('scheme', 'kpi') }} as kpi
    on line.kpi_id = kpi.kpi_id
left join {{ ref('positions') }} as position
    on line.position_id = position.position_id
