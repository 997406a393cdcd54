-- By how much each rater of others rates above all raters, as far as that is more than chance (docs/feedback.md): the
-- best linear unbiased prediction of the rater's effect in a one-way random model, by the method of moments.
with answers as (

    select
        period_id,
        rater_id,
        answer
    from {{ ref('int_feedback_answer') }}
    where relation <> 'self'

),

raters as (

    select
        period_id,
        rater_id,
        count(*) as answers,
        cast({{ exact_ratio('sum(answer)', 'count(*)') }} as decimal(11, 8)) as mean
    from answers
    group by period_id, rater_id

),

whole as (

    select
        period_id,
        count(*) as answers,
        cast({{ exact_ratio('sum(answer)', 'count(*)') }} as decimal(11, 8)) as mean
    from answers
    group by period_id

),

within as (

    select
        answers.period_id,
        sum({{ squared('answers.answer - raters.mean') }}) as squares
    from answers
    inner join raters
        on answers.period_id = raters.period_id and answers.rater_id = raters.rater_id
    group by answers.period_id

),

between_raters as (

    select
        raters.period_id,
        count(*) as raters,
        sum(raters.answers * {{ squared('raters.mean - whole.mean') }}) as squares,
        sum(raters.answers * raters.answers) as squared_answers
    from raters
    inner join whole
        on raters.period_id = whole.period_id
    group by raters.period_id

),

variances as (

    select
        whole.period_id,
        whole.mean,
        {{ exact_ratio('within.squares', 'whole.answers - between_raters.raters') }} as within_raters,
        {{ exact_ratio('between_raters.squares', 'between_raters.raters - 1') }} as mean_square_between,
        {{ exact_ratio(
            'whole.answers * whole.answers - between_raters.squared_answers',
            'whole.answers * (between_raters.raters - 1)'
        ) }} as answers_a_rater
    from whole
    inner join within
        on whole.period_id = within.period_id
    inner join between_raters
        on whole.period_id = between_raters.period_id

),

estimated as (

    select
        *,
        greatest(0, {{ exact_ratio('mean_square_between - within_raters', 'answers_a_rater') }}) as between_raters
    from variances

)

select
    raters.period_id,
    raters.rater_id,
    raters.answers,
    raters.mean as rater_mean,
    estimated.mean as overall_mean,
    coalesce({{ exact_ratio(
        'raters.answers * estimated.between_raters',
        'raters.answers * estimated.between_raters + estimated.within_raters'
    ) }}, 0) as pull
from raters
inner join estimated
    on raters.period_id = estimated.period_id
