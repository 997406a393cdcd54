select
    score.period_id,
    score.employee_id,
    period.revision,
    score.department_id,
    score.position_id,
    score.scheme_id,
    case when score.status = 'evaluated' then score.kpi_score end as kpi_score,
    case when score.status = 'evaluated' then score.feedback_score end as feedback_score,
    case when score.status = 'evaluated' then score.extra_points end as extra_points,
    score.final_score,
    grade.grade,
    grade.grade_before_calibration,
    grade.calibrated_by,
    grade.calibration_reason,
    grade.calibrated_at,
    grade.grade_before_veto,
    grade.veto_kpi_id,
    grade.quota_grade,
    case when score.status = 'evaluated' then dense_rank() over (a_department order by score.final_score desc) end
        as rank_in_department,
    case when score.status = 'evaluated' then count(*) over a_department end as department_headcount,
    case when score.status = 'evaluated' then dense_rank() over (a_position order by score.final_score desc) end
        as rank_in_position,
    case when score.status = 'evaluated' then dense_rank() over (the_company order by score.final_score desc) end
        as rank_in_company,
    score.coverage,
    score.feedback,
    score.status,
    case
        when score.status = 'evaluated' then null
        when score.position_id is null then '本周期内没有任职'
        when score.assignments_with_kpis = 0
            then '岗位 ' || score.position_id || ' 在考核方案 ' || score.scheme_id || ' 中没有指标'
        when score.held_back > 0 then '暂缓评估，缺少数据：' || score.without_data_zh
        when score.coverage >= score.min_coverage and score.feedback = 'hold' then '暂缓评估，缺少可展示的360°反馈'
        when score.mean_of is not null
            then
                '已评估周期的天数仅占 ' || cast(score.coverage * 100 as decimal(9, 2)) || '%，至少需要 '
                || cast(score.min_coverage * 100 as decimal(9, 2)) || '%；未评估：' || score.without_data_zh
        else
            '有数据的权重仅 ' || cast(score.coverage * 100 as decimal(9, 2)) || '%，至少需要 '
            || cast(score.min_coverage * 100 as decimal(9, 2)) || '%；缺少数据：' || score.without_data_zh
    end as reason_zh,
    case
        when score.status = 'evaluated' then null
        when score.position_id is null then 'no assignment in this period'
        when score.assignments_with_kpis = 0
            then 'position ' || score.position_id || ' has no KPI in scheme ' || score.scheme_id
        when score.held_back > 0 then 'held back: no data for ' || score.without_data_en
        when score.coverage >= score.min_coverage and score.feedback = 'hold'
            then 'held back: no 360° feedback that may be shown'
        when score.mean_of is not null
            then
                'only ' || cast(score.coverage * 100 as decimal(9, 2)) || ' % of the days lie in evaluated periods, '
                || cast(score.min_coverage * 100 as decimal(9, 2)) || ' % are needed; not evaluated: '
                || score.without_data_en
        else
            'only ' || cast(score.coverage * 100 as decimal(9, 2)) || ' % of the weight has data, '
            || cast(score.min_coverage * 100 as decimal(9, 2)) || ' % are needed; no data for ' || score.without_data_en
    end as reason
from {{ ref('int_final_score') }} as score
inner join {{ source('control', 'period') }} as period
    on score.period_id = period.period_id
left join {{ ref('int_grade') }} as grade
    on score.period_id = grade.period_id and score.employee_id = grade.employee_id
window
    a_department as (partition by score.period_id, score.department_id, score.status),
    a_position as (partition by score.period_id, score.position_id, score.status),
    the_company as (partition by score.period_id, score.status)
