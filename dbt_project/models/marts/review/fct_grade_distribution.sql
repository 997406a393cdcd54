-- How often each grade was given in a department, beside the share that the scheme expects, and how often chance alone
-- would give it as often or more: P(X >= people), X binomial with the headcount and the expected share.
with department as (

    select
        evaluation.period_id,
        evaluation.department_id,
        count(*) as headcount
    from {{ being_closed(ref('fct_evaluation')) }} as evaluation
    where evaluation.status = 'evaluated'
    group by evaluation.period_id, evaluation.department_id

),

given as (

    select
        department.period_id,
        department.department_id,
        grade.grade,
        grade.expected as expected_share,
        count(evaluation.employee_id) as people,
        department.headcount
    from department
    inner join {{ source('scheme', 'grade') }} as grade
        on department.period_id = grade.period_id
    left join {{ ref('fct_evaluation') }} as evaluation
        on
            department.period_id = evaluation.period_id
            and department.department_id = evaluation.department_id
            and grade.grade = evaluation.grade
    where grade.expected is not null
    group by department.period_id, department.department_id, grade.grade, grade.expected, department.headcount

),

judged as (

    select
        given.*,
        -- a probability, and no score: binary floating point, rounded to 6 decimals
        cast(
            case
                when people = 0 or expected_share = 1 then 1
                when expected_share = 0 then 0
                else
                    least(1, list_sum(list_transform(
                        range(people, headcount + 1),
                        lambda i: exp(
                            {{ log_choose('headcount', 'i') }}
                            + i * ln(expected_share) + (headcount - i) * ln(1 - expected_share)
                        )
                    )))
            end as decimal(9, 6)
        ) as p_value
    from given

)

select
    judged.period_id,
    judged.department_id,
    judged.grade,
    cast(judged.headcount as integer) as headcount,
    cast(judged.people as integer) as people,
    judged.expected_share,
    cast(judged.expected_share * judged.headcount as decimal(18, 6)) as expected_people,
    judged.p_value,
    case
        when judged.headcount < review.distribution_min_headcount or judged.p_value >= review.distribution_p_value
            then null
        when judged.people = judged.headcount then 'one_grade_for_all'
        else 'more_than_expected'
    end as finding
from judged
inner join {{ source('scheme', 'review') }} as review
    on judged.period_id = review.period_id
