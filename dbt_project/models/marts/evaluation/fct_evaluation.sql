with assignments as (

    select
        assignment.period_id,
        assignment.employee_id,
        assignment.position_id,
        assignment.department_id,
        assignment.active_from,
        assignment.active_days,
        score.coverage,
        score.kpi_score,
        score.held_back,
        score.without_data_zh,
        score.without_data_en,
        row_number() over (
            partition by assignment.period_id, assignment.employee_id
            order by
                assignment.active_to desc,
                assignment.active_from desc,
                assignment.position_id asc,
                assignment.department_id asc
        ) as newest_first
    from {{ being_closed(ref('int_assignment_period')) }} as assignment
    left join {{ ref('int_assignment_score') }} as score
        on
            assignment.period_id = score.period_id
            and assignment.employee_id = score.employee_id
            and assignment.position_id = score.position_id
            and assignment.department_id = score.department_id
            and assignment.active_from = score.active_from

),

people as (

    select
        period_id,
        employee_id,
        max(position_id) filter (where newest_first = 1) as position_id,
        max(department_id) filter (where newest_first = 1) as department_id,
        count(coverage) as assignments_with_kpis,
        sum(kpi_score * active_days) as weighted_score,
        sum(active_days) filter (where kpi_score is not null) as scored_days,
        sum(coverage * active_days) as covered_days,
        sum(active_days) filter (where coverage is not null) as measured_days,
        coalesce(sum(held_back), 0) as held_back,
        string_agg(distinct without_data_zh, '；' order by without_data_zh) as without_data_zh,
        string_agg(distinct without_data_en, '; ' order by without_data_en) as without_data_en
    from assignments
    group by period_id, employee_id

),

everybody as (

    select
        period.period_id,
        employee.employee_id,
        people.position_id,
        people.department_id,
        people.assignments_with_kpis,
        people.held_back,
        people.without_data_zh,
        people.without_data_en,
        {{ exact_ratio('people.covered_days', 'people.measured_days') }} as coverage,
        -- the day-weighted mean of the assignments, rounded here, once, to 4 decimals
        cast({{ exact_ratio('people.weighted_score', 'people.scored_days', scale=4) }} as decimal(9, 4)) as kpi_score
    from {{ ref('employees') }} as employee
    cross join {{ source('control', 'period') }} as period
    left join people
        on employee.employee_id = people.employee_id and period.period_id = people.period_id

),

judged as (

    select
        everybody.*,
        scheme.scheme_id,
        scheme.min_coverage,
        case
            when everybody.position_id is null then 'excluded'
            when everybody.assignments_with_kpis = 0 then 'excluded'
            when everybody.held_back > 0 or everybody.coverage < scheme.min_coverage or everybody.kpi_score is null
                then 'incomplete'
            else 'evaluated'
        end as status
    from everybody
    cross join {{ source('scheme', 'scheme') }} as scheme

),

graded as (

    -- the highest band that the score reaches
    select
        judged.*,
        case when judged.status = 'evaluated' then band.grade end as grade
    from judged
    asof left join {{ source('scheme', 'grade') }} as band
        on judged.kpi_score >= band.at_least

)

select
    period_id,
    employee_id,
    cast(1 as integer) as revision,
    department_id,
    position_id,
    scheme_id,
    case when status = 'evaluated' then kpi_score end as kpi_score,
    cast(null as decimal(9, 4)) as feedback_score,
    case when status = 'evaluated' then kpi_score end as final_score,
    grade,
    case
        when status = 'evaluated'
            then dense_rank() over (partition by period_id, department_id, status order by kpi_score desc)
    end as rank_in_department,
    case
        when status = 'evaluated' then count(*) over (partition by period_id, department_id, status)
    end as department_headcount,
    case
        when status = 'evaluated'
            then dense_rank() over (partition by period_id, position_id, status order by kpi_score desc)
    end as rank_in_position,
    coverage,
    status,
    case
        when status = 'evaluated' then null
        when position_id is null then '本周期内没有任职'
        when assignments_with_kpis = 0 then '岗位 ' || position_id || ' 在考核方案 ' || scheme_id || ' 中没有指标'
        when held_back > 0 then '暂缓评估，缺少数据：' || without_data_zh
        else
            '有数据的权重仅 ' || cast(coverage * 100 as decimal(9, 2)) || '%，至少需要 '
            || cast(min_coverage * 100 as decimal(9, 2)) || '%；缺少数据：' || without_data_zh
    end as reason_zh,
    case
        when status = 'evaluated' then null
        when position_id is null then 'no assignment in this period'
        when assignments_with_kpis = 0 then 'position ' || position_id || ' has no KPI in scheme ' || scheme_id
        when held_back > 0 then 'held back: no data for ' || without_data_en
        else
            'only ' || cast(coverage * 100 as decimal(9, 2)) || ' % of the weight has data, '
            || cast(min_coverage * 100 as decimal(9, 2)) || ' % are needed; no data for ' || without_data_en
    end as reason
from graded
