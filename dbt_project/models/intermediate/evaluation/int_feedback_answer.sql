-- The newest answer of each rater on each competency of somebody, 0 … 100. Of a relation that is anonymous, what fewer
-- than min_raters have answered is left out here: whatever is computed from the rest cannot give it away.
with choosy as (

    select distinct period_id
    from {{ source('scheme', 'feedback_competency') }}

),

asked as (

    select
        answer.period_id,
        answer.employee_id,
        answer.rater_id,
        answer.relation,
        answer.competency_id,
        answer.rating,
        relation.is_anonymous,
        feedback.scale_low,
        feedback.scale_high,
        feedback.min_raters,
        competency.weight as competency_weight
    from {{ ref('feedback') }} as answer
    inner join {{ source('scheme', 'feedback') }} as feedback
        on answer.period_id = feedback.period_id
    inner join {{ source('scheme', 'feedback_relation') }} as relation
        on answer.period_id = relation.period_id and answer.relation = relation.relation
    left join {{ source('scheme', 'feedback_competency') }} as competency
        on answer.period_id = competency.period_id and answer.competency_id = competency.competency_id
    left join choosy
        on answer.period_id = choosy.period_id
    where competency.weight is not null or choosy.period_id is null
    qualify
        row_number() over (
            partition by
                answer.period_id, answer.employee_id, answer.rater_id, answer.relation, answer.competency_id
            order by answer.answered_on desc nulls last, answer.feedback_id desc
        ) = 1

),

answered as (

    select
        *,
        {{ exact_ratio('(rating - scale_low) * 100', 'scale_high - scale_low') }} as answer,
        count(*) over (partition by period_id, employee_id, relation, competency_id) as answers
    from asked
    where rating is not null

),

told as (

    select
        *,
        count(distinct rater_id) over (partition by period_id, employee_id, relation) as raters
    from answered
    where not is_anonymous or answers >= min_raters

)

select
    period_id,
    employee_id,
    rater_id,
    relation,
    competency_id,
    -- in millionths, a whole number: a weight and an answer have 14 decimals together, two more than exact_ratio takes
    cast(coalesce(competency_weight, 1) * 1000000 as decimal(19, 0)) as competency_weight,
    cast(answer as decimal(11, 8)) as answer
from told
where not is_anonymous or raters >= min_raters
