-- One score an assignment: the weight of a KPI without data is spread over the others, unless its policy says
-- otherwise.
with summed as (

    select
        period_id,
        employee_id,
        position_id,
        department_id,
        active_from,
        sum(weight) filter (where points is not null) as covered_weight,
        sum(weighted_score) as weighted_score,
        count(*) filter (where status = 'no_data' and no_data = 'hold') as held_back,
        string_agg(kpi_id, ', ' order by kpi_id) filter (where status = 'no_data') as kpis_without_data
    from {{ being_closed(ref('fct_kpi_score')) }}
    group by period_id, employee_id, position_id, department_id, active_from

)

select
    period_id,
    employee_id,
    position_id,
    department_id,
    active_from,
    coalesce(covered_weight, 0) as coverage,
    -- not rounded yet: 12 decimals carry it to the one rounding in fct_evaluation
    cast({{ exact_ratio('weighted_score', 'covered_weight', scale=12) }} as decimal(28, 12)) as kpi_score,
    held_back,
    kpis_without_data
from summed
