-- What others say of an employee on each competency: the mean of the relations, by their weights. Only of employees of
-- whom each rater has answered the same competencies, and only where these are the ones of most of the department: a
-- mean could else, held against the scores of people, give away the odd answer (docs/review.md).
with rater as (

    select
        period_id,
        employee_id,
        list(competency_id order by competency_id) as competencies
    from {{ being_closed(ref('int_adjusted_answer')) }}
    where relation <> 'self'
    group by period_id, employee_id, relation, rater_id

),

alike as (

    select
        period_id,
        employee_id,
        min(competencies) as competencies
    from rater
    group by period_id, employee_id
    having count(distinct competencies) = 1

),

placed as (

    select
        alike.period_id,
        alike.employee_id,
        alike.competencies,
        evaluation.department_id
    from alike
    inner join {{ being_closed(ref('fct_evaluation')) }} as evaluation
        on alike.period_id = evaluation.period_id and alike.employee_id = evaluation.employee_id
    where evaluation.department_id is not null

),

asked as (

    select
        period_id,
        department_id,
        competencies,
        count(*) as people
    from placed
    group by period_id, department_id, competencies

),

most_asked as (

    select
        period_id,
        department_id,
        arg_min(competencies, row(-people, competencies)) as competencies
    from asked
    group by period_id, department_id

),

relation_mean as (

    select
        period_id,
        employee_id,
        relation,
        competency_id,
        {{ exact_ratio('sum(answer)', 'count(*)') }} as score
    from {{ being_closed(ref('int_adjusted_answer')) }}
    where relation <> 'self' and competency_id is not null
    group by period_id, employee_id, relation, competency_id

),

-- the weight in millionths, a whole number: with a score it has more decimals than exact_ratio takes
weighed as (

    select
        relation_mean.*,
        cast(relation.weight * 1000000 as decimal(19, 0)) as weight
    from relation_mean
    inner join {{ source('scheme', 'feedback_relation') }} as relation
        on relation_mean.period_id = relation.period_id and relation_mean.relation = relation.relation

)

select
    placed.period_id,
    placed.department_id,
    placed.employee_id,
    weighed.competency_id,
    {{ exact_ratio('sum(weighed.weight * weighed.score)', 'sum(weighed.weight)') }} as score
from placed
inner join most_asked
    on
        placed.period_id = most_asked.period_id
        and placed.department_id = most_asked.department_id
        and placed.competencies = most_asked.competencies
inner join weighed
    on placed.period_id = weighed.period_id and placed.employee_id = weighed.employee_id
group by placed.period_id, placed.department_id, placed.employee_id, weighed.competency_id
