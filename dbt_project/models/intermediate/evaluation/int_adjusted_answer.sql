-- The answers that enter figures, with what is taken for the rater's leniency drawn out of them (docs/feedback.md).
{{ config(materialized='period_rows') }}  -- read by three models, each of which several tables read

select
    answer.period_id,
    answer.employee_id,
    answer.relation,
    answer.rater_id,
    answer.competency_id,
    answer.competency_weight,
    case
        when feedback.rater_leniency = 'shrink' and answer.relation <> 'self'
            then
                -- least takes null for no bound: of an answer that names no rater no leniency is known
                greatest(0, least(100, answer.answer - coalesce(cast(
                    {{ exact_ratio('leniency.pull * (leniency.rater_mean - leniency.overall_mean)', '1') }}
                    as decimal(11, 8)
                ), 0)))
        else answer.answer
    end as answer
from {{ ref('int_feedback_answer') }} as answer
inner join {{ source('scheme', 'feedback') }} as feedback
    on answer.period_id = feedback.period_id
left join {{ ref('int_rater_leniency') }} as leniency
    on answer.period_id = leniency.period_id and answer.rater_id = leniency.rater_id
