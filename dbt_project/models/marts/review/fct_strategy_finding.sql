-- Systemic miss: a KPI that at least the given share of a department's measured employees miss (R13).
with measured as (

    select
        period_id,
        department_id,
        kpi_id,
        min(goal_id) as goal_id,
        count(distinct employee_id) as employees_measured,
        count(distinct employee_id) filter (where status = 'missed') as employees_missed,
        list(coalesce(attainment, 1000000000) order by coalesce(attainment, 1000000000)) as attainments
    from {{ being_closed(ref('fct_kpi_score')) }}
    where scope = 'self' and status <> 'no_data'
    group by period_id, department_id, kpi_id

),

shares as (

    select
        measured.*,
        {{ exact_ratio('employees_missed', 'employees_measured') }} as share_missed,
        {{ middle('attainments') }} as median_attainment
    from measured

),

found as (

    select
        shares.*,
        review.systemic_miss_share
    from shares
    inner join {{ source('scheme', 'review') }} as review
        on shares.period_id = review.period_id
    where
        shares.employees_measured >= review.systemic_miss_min_headcount
        and shares.share_missed >= review.systemic_miss_share

)

select
    found.period_id,
    found.department_id,
    found.kpi_id,
    'systemic_miss' as finding,
    found.goal_id,
    goal.strategy_goal_id,
    cast(found.employees_measured as integer) as employees_measured,
    cast(found.employees_missed as integer) as employees_missed,
    found.share_missed,
    found.systemic_miss_share as threshold,
    actuals.actual as department_actual,
    found.median_attainment,
    department.name_zh || '：' || found.employees_measured || ' 人中有 ' || found.employees_missed || ' 人未达到「'
    || kpi.name_zh || '」目标（' || cast(found.share_missed * 100 as decimal(9, 1)) || '%，达成率中位数 '
    || cast(found.median_attainment * 100 as decimal(18, 1)) || '%）。影响目标：' || goal.path_zh || '。' as finding_zh,
    department.name_en || ': ' || found.employees_missed || ' of ' || found.employees_measured
    || ' employees missed the target of "' || kpi.name_en || '" ('
    || cast(found.share_missed * 100 as decimal(9, 1)) || ' %; median attainment '
    || cast(found.median_attainment * 100 as decimal(18, 1))
    || ' %). Goal concerned: '
    || goal.path_en
    || '.' as finding_en
from found
inner join {{ ref('dim_goal') }} as goal
    on found.goal_id = goal.goal_id
inner join {{ source('scheme', 'kpi') }} as kpi
    on found.kpi_id = kpi.kpi_id
inner join {{ ref('departments') }} as department
    on found.department_id = department.department_id
left join {{ ref('agg_kpi_actual') }} as actuals
    on
        found.period_id = actuals.period_id
        and actuals.level = 'department'
        and found.department_id = actuals.member_id
        and found.kpi_id = actuals.kpi_id
