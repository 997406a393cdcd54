-- How the attainments of a KPI of a position go with what they are meant to drive, the key result's KPI: the rank
-- correlation (Spearman) over the employees who have both.
with driven as (

    select
        line.period_id,
        line.position_id,
        line.kpi_id,
        outcome_kpi.kpi_id as outcome_kpi_id,
        outcome_kpi.better,
        case
            when line.scope = 'team' then 'of_a_team'
            when outcome_kpi.kpi_id is null then 'no_key_result'
            when outcome_kpi.kpi_id = line.kpi_id then 'is_the_key_result'
        end as reason
    from (
        select distinct
            period_id,
            position_id,
            kpi_id,
            goal_id,
            scope
        from {{ being_closed(ref('fct_kpi_score')) }}
    ) as line
    inner join {{ source('scheme', 'goal') }} as goal
        on line.goal_id = goal.goal_id
    left join {{ source('scheme', 'kpi') }} as outcome_kpi
        on goal.kpi_id = outcome_kpi.kpi_id

),

pair as (

    select
        driven.period_id,
        driven.position_id,
        driven.kpi_id,
        person.attainment,
        case when driven.better = 'lower' then -outcome.actual else outcome.actual end as outcome
    from driven
    inner join {{ ref('int_reviewed_person') }} as person
        on
            driven.period_id = person.period_id
            and driven.position_id = person.position_id
            and driven.kpi_id = person.kpi_id
    inner join {{ ref('int_outcome') }} as outcome
        on
            person.period_id = outcome.period_id
            and person.employee_id = outcome.employee_id
            and driven.outcome_kpi_id = outcome.kpi_id
    where driven.reason is null and outcome.actual is not null

),

-- twice the rank, which is a whole number where equals share the mean of their ranks
ranked as (

    select
        period_id,
        position_id,
        kpi_id,
        2 * rank() over (a_kpi order by attainment) + count(*) over (a_kpi_and_attainment) - 1 as attainment_rank,
        2 * rank() over (a_kpi order by outcome) + count(*) over (a_kpi_and_outcome) - 1 as outcome_rank
    from pair
    window
        a_kpi as (partition by period_id, position_id, kpi_id),
        a_kpi_and_attainment as (partition by period_id, position_id, kpi_id, attainment),
        a_kpi_and_outcome as (partition by period_id, position_id, kpi_id, outcome)

),

summed as (

    select
        period_id,
        position_id,
        kpi_id,
        count(*) as pairs,
        count(*) * sum(attainment_rank * outcome_rank) - sum(attainment_rank) * sum(outcome_rank) as together,
        {{ n_squared_variance(
            'count(*)', 'sum(attainment_rank)', 'sum(attainment_rank * attainment_rank)'
        ) }} as of_attainments,
        {{ n_squared_variance('count(*)', 'sum(outcome_rank)', 'sum(outcome_rank * outcome_rank)') }} as of_outcomes
    from ranked
    group by period_id, position_id, kpi_id

),

told as (

    select
        driven.period_id,
        driven.position_id,
        driven.kpi_id,
        case when driven.reason is null then driven.outcome_kpi_id end as outcome_kpi_id,
        coalesce(summed.pairs, 0) as pairs,
        summed.together,
        summed.of_attainments,
        summed.of_outcomes,
        case
            when driven.reason is not null then driven.reason
            when coalesce(summed.pairs, 0) < review.min_pairs then 'too_few_pairs'
            when summed.of_attainments = 0 or summed.of_outcomes = 0 then 'no_variation'
        end as reason
    from driven
    inner join {{ source('scheme', 'scheme_review') }} as review
        on driven.period_id = review.period_id
    left join summed
        on
            driven.period_id = summed.period_id
            and driven.position_id = summed.position_id
            and driven.kpi_id = summed.kpi_id

)

select
    period_id,
    position_id,
    kpi_id,
    outcome_kpi_id,
    cast(pairs as integer) as pairs,
    -- a statistic, and no score: binary floating point of whole numbers, rounded to 4 decimals
    case
        when reason is null
            then
                cast(
                    cast(together as double)
                    / (sqrt(cast(of_attainments as double)) * sqrt(cast(of_outcomes as double)))
                    as decimal(9, 4)
                )
    end as correlation,
    reason
from told
