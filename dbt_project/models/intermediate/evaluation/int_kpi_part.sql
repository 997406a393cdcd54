-- One KPI score an employee: the mean of the assignments' scores, weighted by days; or of the final scores of the
-- shorter periods whose mean the period is. Position and department are those of the last day.
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
        -- not string_agg(distinct …), which makes a hash table for each employee
        list_sort(list_distinct(
            coalesce(list(without_data_zh) filter (where held_back > 0), list(without_data_zh))
        )) as without_data_zh,
        list_sort(list_distinct(
            coalesce(list(without_data_en) filter (where held_back > 0), list(without_data_en))
        )) as without_data_en
    from assignments
    group by period_id, employee_id

),

-- a shorter period in which somebody is not to be evaluated does not count; one without enough data is missing
parts as (

    select
        period_id,
        employee_id,
        count(*) as parts,
        sum(final_score * days) as weighted_score,
        sum(days) filter (where status = 'evaluated') as scored_days,
        sum(days) as days,
        string_agg(name_zh, '、' order by starts_on) filter (where status <> 'evaluated') as without_data_zh,
        string_agg(name_en, ', ' order by starts_on) filter (where status <> 'evaluated') as without_data_en
    from {{ ref('int_part_score') }}
    where status <> 'excluded'
    group by period_id, employee_id

)

select
    summed.period_id,
    summed.employee_id,
    summed.position_id,
    summed.department_id,
    summed.assignments_with_kpis,
    summed.held_back,
    nullif(array_to_string(summed.without_data_zh, '；'), '') as without_data_zh,
    nullif(array_to_string(summed.without_data_en, '; '), '') as without_data_en,
    {{ exact_ratio('summed.covered_days', 'summed.measured_days') }} as coverage,
    -- rounded here, once, to 4 decimals
    cast({{ exact_ratio('summed.weighted_score', 'summed.scored_days', scale=4) }} as decimal(9, 4)) as kpi_score
from summed
inner join {{ source('scheme', 'evaluation') }} as scheme
    on summed.period_id = scheme.period_id
where scheme.mean_of is null

union all

select
    summed.period_id,
    summed.employee_id,
    summed.position_id,
    summed.department_id,
    coalesce(parts.parts, 0) as assignments_with_kpis,
    0 as held_back,
    parts.without_data_zh,
    parts.without_data_en,
    {{ exact_ratio('coalesce(parts.scored_days, 0)', 'parts.days') }} as coverage,
    cast({{ exact_ratio('parts.weighted_score', 'parts.scored_days', scale=4) }} as decimal(9, 4)) as kpi_score
from summed
inner join {{ source('scheme', 'evaluation') }} as scheme
    on summed.period_id = scheme.period_id
left join parts
    on summed.period_id = parts.period_id and summed.employee_id = parts.employee_id
where scheme.mean_of is not null
