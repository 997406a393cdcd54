-- A key result by its KPI; an objective or a strategy by the mean of the key results below it.
with recursive below (goal_id, descendant_id) as (

    select
        goal_id,
        goal_id as descendant_id
    from {{ source('scheme', 'goal') }}

    union all

    select
        below.goal_id,
        child.goal_id as descendant_id
    from below
    inner join {{ source('scheme', 'goal') }} as child
        on below.descendant_id = child.parent_goal_id

),

key_results as (

    select
        period.period_id,
        goal.goal_id,
        case when kpi.is_sum_like then period.assessed_month_parts else 1 end as meant_parts,
        case when kpi.is_sum_like then period.assessed_month_whole else 1 end as meant_whole,
        {{ exact_ratio('goal.baseline * meant_parts', 'meant_whole') }} as baseline,
        {{ exact_ratio('goal.target * meant_parts', 'meant_whole') }} as target,
        actuals.actual
    from {{ source('scheme', 'goal') }} as goal
    inner join {{ source('scheme', 'kpi') }} as kpi
        on goal.kpi_id = kpi.kpi_id
    cross join {{ source('control', 'period') }} as period
    cross join {{ source('control', 'company') }} as company
    left join {{ ref('agg_kpi_actual') }} as actuals
        on
            period.period_id = actuals.period_id
            and goal.kpi_id = actuals.kpi_id
            and actuals.level = case when goal.department_id is null then 'company' else 'department' end
            and actuals.member_id = coalesce(goal.department_id, company.company_id)

),

progressed as (

    select
        *,
        {{ exact_ratio('actual - baseline', 'target - baseline') }} as progress
    from key_results

),

rolled_up as (

    select
        progressed.period_id,
        below.goal_id,
        count(progressed.progress) as key_results_with_data,
        sum(progressed.progress) as progress_sum
    from below
    inner join progressed
        on below.descendant_id = progressed.goal_id
    group by progressed.period_id, below.goal_id

)

select
    rolled_up.period_id,
    rolled_up.goal_id,
    goal.level,
    goal.parent_goal_id,
    goal.name_zh,
    goal.name_en,
    goal.kpi_id,
    progressed.baseline,
    progressed.target,
    progressed.actual,
    {{ exact_ratio('rolled_up.progress_sum', 'rolled_up.key_results_with_data') }} as progress
from rolled_up
inner join {{ source('scheme', 'goal') }} as goal
    on rolled_up.goal_id = goal.goal_id
left join progressed
    on rolled_up.period_id = progressed.period_id and rolled_up.goal_id = progressed.goal_id
