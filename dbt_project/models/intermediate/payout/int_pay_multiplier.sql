-- By which factor the bonus base of each evaluated employee is multiplied: the grade's, the pay curve's, or their
-- product.
{{ config(materialized='whole_table') }}  -- read twice by each of the tables that are built with it

with reached as (

    select
        evaluation.period_id,
        evaluation.employee_id,
        evaluation.revision,
        evaluation.department_id,
        evaluation.grade,
        grade.multiplier as grade_multiplier,
        curve.value_of,
        curve.threshold,
        curve.kind,
        curve.parameters,
        curve.last_at,
        curve.last_factor,
        curve.rate,
        curve.per,
        curve.cap,
        case curve.value_of
            when 'final_score' then cast(evaluation.final_score as decimal(28, 8))
            when 'attainment' then cast(attainment.weighted_attainment as decimal(28, 8))
        end as curve_value
    from {{ being_closed(ref('fct_evaluation')) }} as evaluation
    inner join {{ source('scheme', 'grade') }} as grade
        on evaluation.period_id = grade.period_id and evaluation.grade = grade.grade
    left join {{ source('scheme', 'pay_curve') }} as curve
        on evaluation.period_id = curve.period_id
    left join {{ ref('int_weighted_attainment') }} as attainment
        on evaluation.period_id = attainment.period_id and evaluation.employee_id = attainment.employee_id
    where evaluation.status = 'evaluated'

),

factored as (

    select
        *,
        case when value_of is not null then {{ curve_factor('curve_value') }} end as curve_factor
    from reached

)

select
    *,
    -- rounded here, once, to 6 decimals: it is published, and pay is computed from it
    cast(
        {{ exact_ratio(
            'cast(coalesce(grade_multiplier, 1) as decimal(19, 6)) * cast(coalesce(curve_factor, 1) as decimal(19, 4))',
            '1',
            scale=6
        ) }} as decimal(18, 6)
    ) as multiplier
from factored
