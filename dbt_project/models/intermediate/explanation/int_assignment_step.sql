-- From the weighted scores of the KPIs to the KPI score of who is evaluated, of several assignments the mean by days.
-- Each of several has its score told, also of who is not evaluated: nothing else says to which of them a KPI belongs.
with assigned as (

    select
        assignment.*,
        evaluation.status = 'evaluated' as is_evaluated,
        evaluation.kpi_score as mean_score,
        score.coverage,
        score.kpi_score,
        score.held_back > 0 as is_held_back,
        coalesce(position.name_zh, assignment.position_id) as position_zh,
        coalesce(position.name_en, assignment.position_id) as position_en,
        coalesce(department.name_zh, assignment.department_id) as department_zh,
        coalesce(department.name_en, assignment.department_id) as department_en,
        count(*) over (partition by assignment.period_id, assignment.employee_id) as assignments
    from {{ being_closed(ref('int_assignment_period')) }} as assignment
    inner join {{ ref('fct_evaluation') }} as evaluation
        on
            assignment.period_id = evaluation.period_id
            and assignment.employee_id = evaluation.employee_id
    inner join {{ source('scheme', 'evaluation') }} as scheme
        on assignment.period_id = scheme.period_id and scheme.mean_of is null
    left join {{ ref('int_assignment_score') }} as score
        on
            assignment.period_id = score.period_id
            and assignment.employee_id = score.employee_id
            and assignment.position_id = score.position_id
            and assignment.department_id = score.department_id
            and assignment.active_from = score.active_from
    left join {{ ref('positions') }} as position
        on assignment.position_id = position.position_id
    left join {{ ref('departments') }} as department
        on assignment.department_id = department.department_id

),

sums as (

    select
        period_id,
        employee_id,
        position_id,
        department_id,
        active_from,
        string_agg({{ as_number('weighted_score') }}, ' + ' order by weight desc, kpi_id asc) as weighted_scores
    from {{ being_closed(ref('fct_kpi_score')) }}
    where points is not null
    group by period_id, employee_id, position_id, department_id, active_from

),

worded as (

    select
        assigned.* exclude (active_days, coverage),
        assigned.active_days as days_counted,
        assigned.coverage is not null as has_kpis,
        cast(assigned.active_from as varchar) as first_day,
        cast(assigned.active_to as varchar) as last_day,
        {{ as_number('assigned.active_days') }} as active_days,
        {{ as_number_of('assigned.active_days', 'day', 'days') }} as days_en,
        {{ as_number('assigned.kpi_score') }} as score,
        {{ as_number('assigned.mean_score') }} as mean,
        case when is_evaluated then '，不计入平均' else '' end as left_out_zh,
        case when is_evaluated then ', not in the mean' else '' end as left_out_en,
        case
            when assigned.coverage = 1 then sums.weighted_scores
            else
                '(' || sums.weighted_scores || ') ÷ 有数据的权重 '
                || {{ as_percentage('assigned.coverage', 'zh') }}
        end as sum_zh,
        case
            when assigned.coverage = 1 then sums.weighted_scores
            else
                '(' || sums.weighted_scores || ') ÷ weight with data '
                || {{ as_percentage('assigned.coverage', 'en') }}
        end as sum_en
    from assigned
    left join sums
        on
            assigned.period_id = sums.period_id
            and assigned.employee_id = sums.employee_id
            and assigned.position_id = sums.position_id
            and assigned.department_id = sums.department_id
            and assigned.active_from = sums.active_from

),

assignment as (

    select
        *,
        {{ sentences([
            (
                'is_held_back',
                '{position_zh}，{department_zh}，{first_day} 至 {last_day}（{active_days} 天）：暂缓评估，没有得分',
                '{position_en} in {department_en}, {first_day} to {last_day} ({days_en}): held back, no score'
            ),
            (
                'kpi_score is not null',
                '{position_zh}，{department_zh}，{first_day} 至 {last_day}（{active_days} 天）：{sum_zh} = {score}',
                '{position_en} in {department_en}, {first_day} to {last_day} ({days_en}): {sum_en} = {score}'
            ),
            (
                'has_kpis',
                '{position_zh}，{department_zh}，{first_day} 至 {last_day}：没有数据{left_out_zh}',
                '{position_en} in {department_en}, {first_day} to {last_day}: no data{left_out_en}'
            ),
            (
                'true',
                '{position_zh}，{department_zh}，{first_day} 至 {last_day}：考核方案中没有指标{left_out_zh}',
                '{position_en} in {department_en}, {first_day} to {last_day}: no KPI in the scheme{left_out_en}'
            )
        ]) }}
    from worded
    where assignments > 1

),

together as (

    select
        period_id,
        employee_id,
        mean_score,
        mean,
        max(assignments) as assignments,
        min(sum_zh) as sum_zh,
        min(sum_en) as sum_en,
        string_agg(score || ' × ' || active_days, ' + ' order by active_from, position_id, department_id) as terms,
        {{ as_number('sum(days_counted) filter (where kpi_score is not null)') }} as days,
        {{ as_number_of('sum(days_counted) filter (where kpi_score is not null)', 'day', 'days') }} as days_en
    from worded
    where is_evaluated
    group by period_id, employee_id, mean_score, mean

),

kpi_score as (

    select
        *,
        {{ sentences([
            (
                'assignments = 1',
                'KPI得分：{sum_zh} = {mean}',
                'KPI score: {sum_en} = {mean}'
            ),
            (
                'true',
                'KPI得分，按天数平均：({terms}) ÷ {days} 天 = {mean}',
                'KPI score, the mean by days: ({terms}) ÷ {days_en} = {mean}'
            )
        ]) }}
    from together

)

select
    period_id,
    employee_id,
    'assignment' as kind,
    position_id,
    department_id,
    active_from,
    text_zh,
    text_en,
    cast(case when not coalesce(is_held_back, false) then kpi_score end as decimal(38, 12)) as value
from assignment

union all by name

select
    period_id,
    employee_id,
    'kpi_score' as kind,
    null as position_id,
    null as department_id,
    null as active_from,
    text_zh,
    text_en,
    cast(mean_score as decimal(38, 12)) as value
from kpi_score
