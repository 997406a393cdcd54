-- One KPI score an employee: the mean of the assignments' scores, weighted by days. Position and department are those
-- of the last day.
with assignments as (

    select
        assignment.period_id,
        assignment.employee_id,
        assignment.position_id,
        assignment.department_id,
        assignment.active_from,
        assignment.active_days,
        score.coverage,
        score.kpi_score,
        score.held_back,
        score.without_data_zh,
        score.without_data_en,
        row_number() over (
            partition by assignment.period_id, assignment.employee_id
            order by
                assignment.active_to desc,
                assignment.active_from desc,
                assignment.position_id asc,
                assignment.department_id asc
        ) as newest_first
    from {{ being_closed(ref('int_assignment_period')) }} as assignment
    left join {{ ref('int_assignment_score') }} as score
        on
            assignment.period_id = score.period_id
            and assignment.employee_id = score.employee_id
            and assignment.position_id = score.position_id
            and assignment.department_id = score.department_id
            and assignment.active_from = score.active_from

),

summed as (

    select
        period_id,
        employee_id,
        max(position_id) filter (where newest_first = 1) as position_id,
        max(department_id) filter (where newest_first = 1) as department_id,
        count(coverage) as assignments_with_kpis,
        sum(kpi_score * active_days) as weighted_score,
        sum(active_days) filter (where kpi_score is not null) as scored_days,
        sum(coverage * active_days) as covered_days,
        sum(active_days) filter (where coverage is not null) as measured_days,
        coalesce(sum(held_back), 0) as held_back,
        string_agg(distinct without_data_zh, '；' order by without_data_zh) as without_data_zh,
        string_agg(distinct without_data_en, '; ' order by without_data_en) as without_data_en
    from assignments
    group by period_id, employee_id

)

select
    period_id,
    employee_id,
    position_id,
    department_id,
    assignments_with_kpis,
    held_back,
    without_data_zh,
    without_data_en,
    {{ exact_ratio('covered_days', 'measured_days') }} as coverage,
    -- rounded here, once, to 4 decimals
    cast({{ exact_ratio('weighted_score', 'scored_days', scale=4) }} as decimal(9, 4)) as kpi_score
from summed
