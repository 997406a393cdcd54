-- Departments by what they can: competencies by 360° feedback, objectives by the KPIs that serve them.
with rated as (

    select
        period_id,
        department_id,
        employee_id,
        'competency' as kind,
        competency_id as capability_id,
        score
    from {{ ref('int_rated_competency') }}

    union all

    select
        period_id,
        department_id,
        employee_id,
        'objective' as kind,
        objective_id as capability_id,
        score
    from {{ ref('int_rated_objective') }}

),

-- people's answers are not told below a headcount, and what is not told enters no figure, the company's neither: it
-- could be had by subtraction. KPI scores are no secret of those who rate.
told as (

    select
        rated.period_id,
        rated.department_id,
        rated.kind,
        rated.capability_id,
        count(*) as headcount,
        sum(rated.score) as total
    from rated
    inner join {{ source('scheme', 'capability_review') }} as review
        on rated.period_id = review.period_id
    group by rated.period_id, rated.department_id, rated.kind, rated.capability_id, review.min_headcount
    having rated.kind = 'objective' or count(*) >= review.min_headcount

),

company as (

    select
        period_id,
        kind,
        capability_id,
        sum(headcount) as headcount,
        sum(total) as total
    from told
    group by period_id, kind, capability_id

),

held as (

    select
        told.period_id,
        told.department_id,
        told.kind,
        told.capability_id,
        told.headcount,
        -- rounded here, once, to 4 decimals
        cast({{ exact_ratio('told.total', 'told.headcount', scale=4) }} as decimal(9, 4)) as score,
        cast({{ exact_ratio('company.total', 'company.headcount', scale=4) }} as decimal(9, 4)) as company_score
    from told
    inner join company
        on
            told.period_id = company.period_id
            and told.kind = company.kind
            and told.capability_id = company.capability_id

),

judged as (

    select
        held.*,
        cast(held.score - held.company_score as decimal(9, 4)) as difference,
        case
            when held.headcount < review.min_headcount then null
            when held.score - held.company_score >= review.difference then 'strong'
            when held.company_score - held.score >= review.difference then 'weak'
        end as finding
    from held
    inner join {{ source('scheme', 'capability_review') }} as review
        on held.period_id = review.period_id

),

named as (

    select
        judged.*,
        coalesce(goal.name_zh, competency.name_zh, judged.capability_id) as name_zh,
        coalesce(goal.name_en, competency.name_en, judged.capability_id) as name_en,
        department.name_zh as department_zh,
        department.name_en as department_en
    from judged
    inner join {{ ref('departments') }} as department
        on judged.department_id = department.department_id
    left join {{ source('scheme', 'goal') }} as goal
        on judged.kind = 'objective' and judged.capability_id = goal.goal_id
    left join {{ ref('competencies') }} as competency
        on judged.kind = 'competency' and judged.capability_id = competency.competency_id

)

select
    period_id,
    department_id,
    kind,
    capability_id,
    name_zh,
    name_en,
    cast(headcount as integer) as headcount,
    score,
    company_score,
    difference,
    finding,
    department_zh || '「' || name_zh || '」' || cast(score as decimal(9, 1)) || ' 分，全公司 '
    || cast(company_score as decimal(9, 1)) || ' 分（' || headcount || ' 人）：'
    || case finding when 'strong' then '强项。' when 'weak' then '弱项。' end as finding_zh,
    department_en || ', "' || name_en || '": ' || cast(score as decimal(9, 1)) || ' points, company '
    || cast(company_score as decimal(9, 1)) || ' points (' || headcount
    || case headcount when 1 then ' person): ' else ' people): ' end
    || case finding when 'strong' then 'a strength.' when 'weak' then 'a weakness.' end as finding_en
from named
