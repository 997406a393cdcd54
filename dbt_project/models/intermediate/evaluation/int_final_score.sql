-- The parts together, for every employee and period: who is evaluated, with which final score, or why not.
with everybody as (

    select
        period.period_id,
        employee.employee_id,
        kpi.position_id,
        kpi.department_id,
        kpi.assignments_with_kpis,
        kpi.held_back,
        kpi.without_data_zh,
        kpi.without_data_en,
        kpi.coverage,
        kpi.kpi_score
    from {{ ref('employees') }} as employee
    cross join {{ source('control', 'period') }} as period
    left join {{ ref('int_kpi_part') }} as kpi
        on employee.employee_id = kpi.employee_id and period.period_id = kpi.period_id

),

extra as (

    select
        period_id,
        employee_id,
        sum(points) as points
    from {{ being_closed(ref('fct_extra_points')) }}
    group by period_id, employee_id

),

parted as (

    select
        everybody.*,
        scheme.scheme_id,
        evaluation.min_coverage,
        evaluation.kpi_weight,
        evaluation.mean_of,
        cast(coalesce(extra.points, 0) as decimal(9, 4)) as extra_points,
        -- a period without 360° feedback has the KPI part alone
        case
            when feedback.rater_leniency is null then 'none'
            when part.feedback_score is not null then 'given'
            else evaluation.no_feedback
        end as feedback,
        cast(
            case
                when feedback.rater_leniency is null then null
                else coalesce(part.feedback_score, case when evaluation.no_feedback = 'zero' then 0 end)
            end as decimal(9, 4)
        ) as feedback_score,
        evaluation.feedback_weight
    from everybody
    cross join {{ source('scheme', 'scheme') }} as scheme
    inner join {{ source('scheme', 'evaluation') }} as evaluation
        on everybody.period_id = evaluation.period_id
    left join {{ source('scheme', 'feedback') }} as feedback
        on everybody.period_id = feedback.period_id
    left join {{ ref('int_feedback_part') }} as part
        on everybody.period_id = part.period_id and everybody.employee_id = part.employee_id
    left join extra
        on everybody.period_id = extra.period_id and everybody.employee_id = extra.employee_id

),

judged as (

    select
        *,
        case
            when position_id is null or assignments_with_kpis = 0 then 'excluded'
            when held_back > 0 or coverage < min_coverage or kpi_score is null or feedback = 'hold' then 'incomplete'
            else 'evaluated'
        end as status,
        {{ final_score('kpi_score', 'feedback_score', 'extra_points') }} as final_score
    from parted

)

select
    * exclude (final_score),
    case when status = 'evaluated' then final_score end as final_score
from judged
