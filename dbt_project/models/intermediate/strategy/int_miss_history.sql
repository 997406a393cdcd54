-- Since when a department has been below what is asked of it now: the periods in a row, back from the one being closed,
-- in which its actual lay below the lowest target that anybody there has, or, of a sum, below all targets together by
-- the days that people were there. A period in which nobody was there whom the KPI measures ends the row.
with asked as (

    select
        score.period_id,
        score.department_id,
        score.kpi_id,
        kpi.better,
        kpi.is_sum_like,
        case kpi.better when 'higher' then min(score.prorated_target) else max(score.prorated_target) end as target,
        sum(score.prorated_target) as target_of_all,
        sum(score.active_to - score.active_from + 1) as person_days,
        list(distinct score.position_id) as positions
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ ref('int_judged_kpi') }} as judged
        on
            score.period_id = judged.period_id
            and score.department_id = judged.department_id
            and score.kpi_id = judged.kpi_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on score.kpi_id = kpi.kpi_id
    where judged.is_missed and score.scope = 'self' and score.status <> 'no_data'
    group by score.period_id, score.department_id, score.kpi_id, kpi.better, kpi.is_sum_like

),

earlier_contribution as (

    select
        compared.period_id,
        compared.steps,
        contribution.*
    from {{ ref('int_miss_contribution') }} as contribution
    inner join {{ source('control', 'compared_period') }} as compared
        on contribution.occurred_on between compared.starts_on and compared.ends_on
    where contribution.level = 'department' and compared.steps > 0 and not compared.is_year_ago

),

actual as (

    {{ aggregate('earlier_contribution', ['period_id', 'steps', 'member_id']) }}

),

-- days that people were there in each of the periods before, in positions that the KPI measures: 0 where nobody was. A
-- period that is left out would let those around it look as if they followed each other
earlier as (

    select
        asked.period_id,
        asked.department_id,
        asked.kpi_id,
        asked.better,
        asked.is_sum_like,
        asked.target,
        asked.target_of_all,
        asked.person_days,
        compared.compared_period_id,
        compared.steps,
        compared.days,
        compared.days_now,
        coalesce(
            sum(
                least(assignment.valid_to, compared.ends_on) - greatest(assignment.valid_from, compared.starts_on) + 1
            ) filter (where assignment.employee_id is not null),  -- least and greatest pass over nulls
            0
        ) as earlier_person_days
    from asked
    inner join {{ source('control', 'compared_period') }} as compared
        on asked.period_id = compared.period_id
    left join {{ ref('assignments') }} as assignment
        on
            asked.department_id = assignment.department_id
            and list_contains(asked.positions, assignment.position_id)
            and compared.starts_on <= assignment.valid_to
            and compared.ends_on >= assignment.valid_from
    where compared.steps > 0
    group by
        asked.period_id,
        asked.department_id,
        asked.kpi_id,
        asked.better,
        asked.is_sum_like,
        asked.target,
        asked.target_of_all,
        asked.person_days,
        compared.compared_period_id,
        compared.steps,
        compared.days,
        compared.days_now

),

held as (

    select
        earlier.period_id,
        earlier.department_id,
        earlier.kpi_id,
        earlier.compared_period_id,
        earlier.steps,
        case
            when earlier.is_sum_like
                then {{ exact_part(
                    'earlier.target_of_all',
                    'cast(earlier.earlier_person_days * earlier.days_now as hugeint)',
                    'cast(earlier.person_days * earlier.days as hugeint)',
                ) }}
            else cast(earlier.target as decimal(28, 8))
        end as target,
        earlier.better,
        earlier.earlier_person_days,
        actual.actual
    from earlier
    left join actual
        on
            earlier.period_id = actual.period_id
            and earlier.steps = actual.steps
            and earlier.department_id = actual.member_id
            and earlier.kpi_id = actual.kpi_id

),

judged as (

    select
        *,
        earlier_person_days > 0
        and coalesce(case better when 'higher' then actual < target else actual > target end, false) as is_missed
    from held

),

-- the last step back to which it was missed all the way
reaches_back as (

    select
        period_id,
        department_id,
        kpi_id,
        coalesce(min(steps) filter (where not is_missed) - 1, max(steps)) as steps
    from judged
    group by period_id, department_id, kpi_id

)

select
    asked.period_id,
    asked.department_id,
    asked.kpi_id,
    cast(coalesce(reaches_back.steps, 0) + 1 as integer) as persistence,
    coalesce(compared.compared_period_id, asked.period_id) as since_period_id,
    asked.target as lowest_target
from asked
left join reaches_back
    on
        asked.period_id = reaches_back.period_id
        and asked.department_id = reaches_back.department_id
        and asked.kpi_id = reaches_back.kpi_id
left join {{ source('control', 'compared_period') }} as compared
    on reaches_back.period_id = compared.period_id and reaches_back.steps = compared.steps and compared.steps > 0
