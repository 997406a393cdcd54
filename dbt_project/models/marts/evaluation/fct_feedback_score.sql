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

relations as (

    select
        period_id,
        employee_id,
        relation,
        count(*) as raters,
        -- rounded here, once, to 4 decimals
        cast({{ exact_ratio('sum(score)', 'count(*)', scale=4) }} as decimal(9, 4)) as score
    from {{ ref('int_rater_score') }}
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

),

told as (

    select
        asked.period_id,
        asked.employee_id,
        asked.relation,
        relation.weight,
        case when relations.score is not null or not relation.is_anonymous then asked.invited end as invited,
        case
            when relations.score is not null or not relation.is_anonymous then coalesce(relations.raters, 0)
        end as raters,
        relations.score
    from asked
    inner join {{ source('scheme', 'feedback_relation') }} as relation
        on asked.period_id = relation.period_id and asked.relation = relation.relation
    left join relations
        on
            asked.period_id = relations.period_id
            and asked.employee_id = relations.employee_id
            and asked.relation = relations.relation

),

-- only from scores that are told, so that they add nothing to what is known
others as (

    select
        period_id,
        employee_id,
        cast({{ exact_ratio('sum(weight * score)', 'sum(weight)', scale=4) }} as decimal(9, 4)) as score
    from told
    where relation <> 'self' and score is not null
    group by period_id, employee_id

)

select
    told.period_id,
    told.employee_id,
    told.relation,
    told.weight,
    cast(told.invited as integer) as invited,
    cast(told.raters as integer) as raters,
    {{ exact_ratio('told.raters', 'told.invited') }} as response_rate,
    told.score,
    told.score is not null as shown,
    others.score as others_score,
    cast(told.score - others.score as decimal(9, 4)) as self_difference,
    abs(told.score - others.score) > feedback.self_difference as is_self_outlier
from told
inner join {{ source('scheme', 'feedback') }} as feedback
    on told.period_id = feedback.period_id
left join others
    on
        told.period_id = others.period_id
        and told.employee_id = others.employee_id
        and told.relation = 'self'
