-- Of a period that is the mean of shorter ones: the final score of each of these, and their mean by days.
with worded as (

    select
        part.period_id,
        part.employee_id,
        part.starts_on,
        part.name_zh,
        part.name_en,
        part.status,
        part.final_score,
        part.days as days_counted,
        evaluation.kpi_score as mean_score,
        {{ as_number('part.days') }} as days,
        {{ as_number_of('part.days', 'day', 'days') }} as days_en,
        {{ as_number('part.final_score') }} as score
    from {{ ref('int_part_score') }} as part
    inner join {{ ref('fct_evaluation') }} as evaluation
        on
            part.period_id = evaluation.period_id
            and part.employee_id = evaluation.employee_id
            and evaluation.status = 'evaluated'

),

part as (

    select
        *,
        {{ sentences([
            (
                "status = 'evaluated'",
                '{name_zh}（{days} 天）：最终得分 {score}',
                '{name_en} ({days_en}): final score {score}'
            ),
            (
                'true',
                '{name_zh}（{days} 天）：未评估，不计入平均',
                '{name_en} ({days_en}): not evaluated, not in the mean'
            )
        ]) }}
    from worded

),

summed as (

    select
        period_id,
        employee_id,
        mean_score,
        string_agg(score || ' × ' || days, ' + ' order by starts_on) as terms,
        {{ as_number('sum(days_counted)') }} as days,
        {{ as_number_of('sum(days_counted)', 'day', 'days') }} as days_en,
        {{ as_number('mean_score') }} as mean
    from worded
    where status = 'evaluated'
    group by period_id, employee_id, mean_score

),

together as (

    select
        *,
        {{ sentences([(
            'true',
            'KPI得分，各周期最终得分按天数平均：({terms}) ÷ {days} 天 = {mean}',
            'KPI score, the mean of their final scores by days: ({terms}) ÷ {days_en} = {mean}'
        )]) }}
    from summed

)

select
    period_id,
    employee_id,
    'part' as kind,
    starts_on as active_from,
    text_zh,
    text_en,
    cast(final_score as decimal(38, 12)) as value
from part

union all by name

select
    period_id,
    employee_id,
    'kpi_score' as kind,
    null as active_from,
    text_zh,
    text_en,
    cast(mean_score as decimal(38, 12)) as value
from together
