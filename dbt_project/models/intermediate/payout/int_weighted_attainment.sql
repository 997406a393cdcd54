-- Where the pay curve goes by it: the attainments of an employee, weighted as the points are, of several assignments
-- their mean by days. None counts as more than the curve lets it; an actual of 0 where lower is better counts as that.
with rated as (

    select
        score.period_id,
        score.employee_id,
        score.position_id,
        score.department_id,
        score.active_from,
        score.weight,
        case
            when score.points is null then null
            when score.status = 'no_data' then cast(0 as decimal(28, 8))
            else least(coalesce(score.attainment, curve.attainment_cap), curve.attainment_cap)
        end as attainment
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ source('scheme', 'pay_curve') }} as curve
        on score.period_id = curve.period_id
    where curve.value_of = 'attainment'

),

assignment_attainment as (

    select
        period_id,
        employee_id,
        position_id,
        department_id,
        active_from,
        -- not rounded yet: 12 decimals carry it to the one rounding below; 14 are those of weight × attainment
        {{ exact_ratio(
            'sum(cast(weight * attainment as decimal(38, 14)))', 'sum(weight) filter (where attainment is not null)',
            scale=12, decimals=14
        ) }} as attainment
    from rated
    group by period_id, employee_id, position_id, department_id, active_from

)

select
    measured.period_id,
    measured.employee_id,
    {{ exact_ratio(
        'sum(measured.attainment * assignment.active_days)',
        'sum(assignment.active_days) filter (where measured.attainment is not null)'
    ) }} as weighted_attainment
from assignment_attainment as measured
inner join {{ being_closed(ref('int_assignment_period')) }} as assignment
    on
        measured.period_id = assignment.period_id
        and measured.employee_id = assignment.employee_id
        and measured.position_id = assignment.position_id
        and measured.department_id = assignment.department_id
        and measured.active_from = assignment.active_from
group by measured.period_id, measured.employee_id
