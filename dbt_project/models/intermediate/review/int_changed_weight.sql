-- The grade by bands that each evaluated employee would have if one KPI of a position counted `factor` times as much
-- beside the others: 0 spreads its weight over them as a KPI without data does, 2 doubles it.
with assignment as (

    select
        period_id,
        employee_id,
        position_id,
        department_id,
        active_from,
        active_to - active_from + 1 as days,
        sum(weight) filter (where points is not null) as covered_weight,
        sum(weighted_score) as weighted_score
    from {{ being_closed(ref('fct_kpi_score')) }}
    group by period_id, employee_id, position_id, department_id, active_from, active_to

),

changed as (

    select
        line.period_id,
        line.employee_id,
        line.position_id,
        line.department_id,
        line.active_from,
        line.kpi_id,
        change.factor,
        {{ exact_ratio(
            'assignment.weighted_score + (change.factor - 1) * line.weighted_score',
            'assignment.covered_weight + (change.factor - 1) * line.weight',
            scale=12
        ) }} as kpi_score
    from {{ being_closed(ref('fct_kpi_score')) }} as line
    inner join assignment
        on
            line.period_id = assignment.period_id
            and line.employee_id = assignment.employee_id
            and line.position_id = assignment.position_id
            and line.department_id = assignment.department_id
            and line.active_from = assignment.active_from
    cross join (values (0), (2)) as change (factor)
    where line.points is not null

),

asked as (

    select distinct
        period_id,
        employee_id,
        position_id,
        kpi_id,
        factor
    from changed

),

-- all assignments of the employee, those in another position as they are
rescored as (

    select
        asked.period_id,
        asked.employee_id,
        asked.position_id,
        asked.kpi_id,
        asked.factor,
        assignment.days,
        case
            when changed.factor is not null then changed.kpi_score
            else {{ exact_ratio('assignment.weighted_score', 'assignment.covered_weight', scale=12) }}
        end as kpi_score
    from asked
    inner join assignment
        on asked.period_id = assignment.period_id and asked.employee_id = assignment.employee_id
    left join changed
        on
            assignment.period_id = changed.period_id
            and assignment.employee_id = changed.employee_id
            and assignment.position_id = changed.position_id
            and assignment.department_id = changed.department_id
            and assignment.active_from = changed.active_from
            and asked.position_id = changed.position_id
            and asked.kpi_id = changed.kpi_id
            and asked.factor = changed.factor

),

part as (

    select
        period_id,
        employee_id,
        position_id,
        kpi_id,
        factor,
        cast({{ exact_ratio(
            'sum(kpi_score * days)', 'sum(days) filter (where kpi_score is not null)', scale=4
        ) }} as decimal(9, 4)) as kpi_score
    from rescored
    group by period_id, employee_id, position_id, kpi_id, factor

),

rated as (

    select
        part.period_id,
        part.employee_id,
        part.position_id,
        part.kpi_id,
        part.factor,
        evaluation.grade_before_veto as grade,
        {{ final_score('part.kpi_score', 'evaluation.feedback_score', 'evaluation.extra_points') }} as final_score
    from part
    inner join {{ being_closed(ref('fct_evaluation')) }} as evaluation
        on part.period_id = evaluation.period_id and part.employee_id = evaluation.employee_id
    inner join {{ source('scheme', 'evaluation') }} as scheme
        on part.period_id = scheme.period_id
    where
        evaluation.status = 'evaluated'
        -- a grade by quota depends on the scores of all the others too
        and scheme.grade_method <> 'quota'
        -- and in a mean of shorter periods the weights are those of each of these
        and scheme.mean_of is null
        -- nothing is left to score somebody by
        and part.kpi_score is not null

)

select
    rated.period_id,
    rated.employee_id,
    rated.position_id,
    rated.kpi_id,
    rated.factor,
    rated.final_score,
    rated.grade,
    band.grade as changed_grade
from rated
asof left join {{ source('scheme', 'grade') }} as band
    on rated.period_id = band.period_id and rated.final_score >= band.at_least
