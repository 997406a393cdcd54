-- What others say of an employee on a competency against what they say of those in the same position: the difference of
-- the means by the spread of raters about the mean of the person whom they rate, pooled over all, so that nobody's own
-- spread is told. Only of figures that int_rated_competency lets through and in which an anonymous relation has a part:
-- alone, a manager's answer would be told.
with answer as (

    select
        answer.period_id,
        answer.employee_id,
        answer.relation,
        answer.rater_id,
        answer.competency_id,
        cast(answer.answer as double) as answer
    from {{ being_closed(ref('int_adjusted_answer')) }} as answer
    where answer.relation <> 'self' and answer.competency_id is not null

),

relation_part as (

    select
        answer.period_id,
        answer.employee_id,
        answer.competency_id,
        answer.relation,
        cast(relation.weight as double) as weight,
        relation.is_anonymous,
        count(*) as raters,
        list(answer.answer order by answer.rater_id) as answers
    from answer
    inner join {{ source('scheme', 'feedback_relation') }} as relation
        on answer.period_id = relation.period_id and answer.relation = relation.relation
    group by
        answer.period_id,
        answer.employee_id,
        answer.competency_id,
        answer.relation,
        relation.weight,
        relation.is_anonymous

),

pooled as (

    select
        period_id,
        sum(raters - 1) as degrees,
        list_sum(list(
            coalesce(list_var_samp(answers), 0) * (raters - 1) order by employee_id, competency_id, relation
        )) / nullif(sum(raters - 1), 0) as variance
    from relation_part
    group by period_id

),

person as (

    select
        part.period_id,
        part.employee_id,
        part.competency_id,
        sum(part.raters) as raters,
        list_sum(list(part.weight * part.weight / part.raters order by part.relation))
        / pow(list_sum(list(part.weight order by part.relation)), 2) as variance_share
    from relation_part as part
    group by part.period_id, part.employee_id, part.competency_id
    having bool_or(part.is_anonymous)

),

told as (

    select
        rated.period_id,
        rated.employee_id,
        rated.competency_id,
        evaluation.position_id,
        cast(rated.score as double) as score,
        person.raters,
        person.variance_share
    from {{ ref('int_rated_competency') }} as rated
    inner join person
        on
            rated.period_id = person.period_id
            and rated.employee_id = person.employee_id
            and rated.competency_id = person.competency_id
    inner join {{ being_closed(ref('fct_evaluation')) }} as evaluation
        on rated.period_id = evaluation.period_id and rated.employee_id = evaluation.employee_id

),

position as (

    select
        period_id,
        position_id,
        competency_id,
        count(*) as people,
        list_sum(list(score order by employee_id)) as total,
        list_sum(list(variance_share order by employee_id)) as variance_share
    from told
    group by period_id, position_id, competency_id

),

compared as (

    select
        told.*,
        position.people - 1 as peers_count,
        (position.total - told.score) / nullif(position.people - 1, 0) as peers,
        told.score - peers as advantage,
        told.variance_share
        + (position.variance_share - told.variance_share) / nullif(pow(position.people - 1, 2), 0) as joint_share
    from told
    inner join position
        on
            told.period_id = position.period_id
            and told.position_id = position.position_id
            and told.competency_id = position.competency_id

)

select
    compared.period_id,
    compared.employee_id,
    compared.competency_id,
    cast(round(compared.score, 8) as decimal(28, 8)) as value,
    cast(compared.raters as bigint) as sample,
    compared.peers_count,
    case
        when compared.peers_count >= review.min_peers then cast(round(compared.peers, 8) as decimal(28, 8))
    end as peers,
    compared.advantage,
    -- in points of 100
    abs(compared.advantage) >= 100 * review.margin as is_large,
    case
        when compared.peers_count < review.min_peers or coalesce(pooled.degrees, 0) < review.min_weeks - 1 then null
        when pooled.variance > 0
            then
                {{ student_t_p(
                    '(compared.advantage / sqrt(pooled.variance * compared.joint_share))', 'cast(pooled.degrees as double)'
                ) }}
        when compared.advantage = 0 then 1
        else 0
    end as p_value
from compared
inner join {{ source('scheme', 'strength_review') }} as review
    on compared.period_id = review.period_id
inner join pooled
    on compared.period_id = pooled.period_id
