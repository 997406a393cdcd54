-- What each relation of raters says of an employee. Of an anonymous one that too few have answered nothing is told, not
-- even how many.
with invited as (

    select distinct
        answer.period_id,
        answer.employee_id,
        answer.relation,
        answer.rater_id
    from {{ ref('feedback') }} as answer
    inner join {{ source('scheme', 'feedback') }} as feedback
        on answer.period_id = feedback.period_id

),

answers as (

    select
        answer.period_id,
        answer.employee_id,
        answer.relation,
        answer.rater_id,
        answer.competency_weight,
        case
            when feedback.rater_leniency = 'shrink' and answer.relation <> 'self'
                then
                    greatest(0, least(100, answer.answer - cast(
                        {{ exact_ratio('leniency.pull * (leniency.rater_mean - leniency.overall_mean)', '1') }}
                        as decimal(11, 8)
                    )))
            else answer.answer
        end as answer
    from {{ ref('int_feedback_answer') }} as answer
    inner join {{ source('scheme', 'feedback') }} as feedback
        on answer.period_id = feedback.period_id
    left join {{ ref('int_rater_leniency') }} as leniency
        on answer.period_id = leniency.period_id and answer.rater_id = leniency.rater_id

),

raters as (

    select
        period_id,
        employee_id,
        relation,
        rater_id,
        {{ exact_ratio('sum(competency_weight * answer)', 'sum(competency_weight)') }} as score
    from answers
    group by period_id, employee_id, relation, rater_id

),

relations as (

    select
        period_id,
        employee_id,
        relation,
        count(*) as raters,
        -- rounded here, once, to 4 decimals
        cast({{ exact_ratio('sum(score)', 'count(*)', scale=4) }} as decimal(9, 4)) as score
    from raters
    group by period_id, employee_id, relation

),

asked as (

    select
        period_id,
        employee_id,
        relation,
        count(*) as invited
    from invited
    group by period_id, employee_id, relation

)

select
    asked.period_id,
    asked.employee_id,
    asked.relation,
    relation.weight,
    case
        when relations.score is not null or not relation.is_anonymous then cast(asked.invited as integer)
    end as invited,
    case
        when relations.score is not null or not relation.is_anonymous
            then cast(coalesce(relations.raters, 0) as integer)
    end as raters,
    relations.score,
    relations.score is not null as shown
from asked
inner join {{ source('scheme', 'feedback_relation') }} as relation
    on asked.period_id = relation.period_id and asked.relation = relation.relation
left join relations
    on
        asked.period_id = relations.period_id
        and asked.employee_id = relations.employee_id
        and asked.relation = relations.relation
