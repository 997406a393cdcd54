-- The parts together: the final score, or why there is none.
with worded as (

    select
        evaluation.period_id,
        evaluation.employee_id,
        evaluation.status,
        evaluation.reason_zh,
        evaluation.reason,
        evaluation.final_score as value,
        evaluation.extra_points <> 0 as has_extra_points,
        evaluation.feedback_score is not null as has_feedback,
        evaluation.extra_points < 0 and evaluation.final_score = 0 as is_cut,
        {{ as_percentage('scheme.kpi_weight', 'zh') }} as kpi_weight_zh,
        {{ as_percentage('scheme.kpi_weight', 'en') }} as kpi_weight_en,
        {{ as_percentage('scheme.feedback_weight', 'zh') }} as feedback_weight_zh,
        {{ as_percentage('scheme.feedback_weight', 'en') }} as feedback_weight_en,
        {{ as_number('evaluation.kpi_score') }} as kpi_score,
        {{ as_number('evaluation.feedback_score') }} as feedback_score,
        {{ as_number('evaluation.extra_points') }} as extra_points,
        {{ as_number('evaluation.final_score') }} as final_score
    from {{ being_closed(ref('fct_evaluation')) }} as evaluation
    inner join {{ source('scheme', 'evaluation') }} as scheme
        on evaluation.period_id = scheme.period_id

),

summed as (

    select
        *,
        case
            when has_feedback
                then {{ filled(
                    '{kpi_weight_zh} × KPI得分 {kpi_score} + {feedback_weight_zh} × 360°得分 {feedback_score}'
                ) }}
            else {{ filled('KPI得分 {kpi_score}') }}
        end || case when has_extra_points then {{ filled(' + 附加分 {extra_points}') }} else '' end as sum_zh,
        case
            when has_feedback
                then {{ filled(
                    '{kpi_weight_en} × KPI score {kpi_score} + {feedback_weight_en} × 360° score {feedback_score}'
                ) }}
            else {{ filled('KPI score {kpi_score}') }}
        end || case when has_extra_points then {{ filled(' + extra points {extra_points}') }} else '' end as sum_en
    from worded

)

select
    period_id,
    employee_id,
    case when status = 'evaluated' then 'final' else 'reason' end as kind,
    {{ sentences([
        (
            "status <> 'evaluated'",
            '未评估：{reason_zh}',
            'not evaluated: {reason}'
        ),
        (
            'is_cut',
            '最终得分：{sum_zh}，不低于 0 → {final_score}',
            'final score: {sum_en}, never below 0 → {final_score}'
        ),
        (
            'true',
            '最终得分：{sum_zh} = {final_score}',
            'final score: {sum_en} = {final_score}'
        )
    ]) }},
    cast(value as decimal(38, 12)) as value
from summed
