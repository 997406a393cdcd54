-- One score an assignment: the weight of a KPI without data is spread over the others, unless its policy says
-- otherwise.
with summed as (

    select
        score.period_id,
        score.employee_id,
        score.position_id,
        score.department_id,
        score.active_from,
        sum(score.weight) filter (where score.points is not null) as covered_weight,
        sum(score.weighted_score) as weighted_score,
        count(*) filter (where score.status = 'no_data' and score.no_data = 'hold') as held_back,
        -- what holds back, or else what is missing in the covered weight
        coalesce(
            string_agg(kpi.name_zh, '、' order by kpi.kpi_id)
            filter (where score.status = 'no_data' and score.no_data = 'hold'),
            string_agg(kpi.name_zh, '、' order by kpi.kpi_id) filter (where score.points is null)
        ) as without_data_zh,
        coalesce(
            string_agg(kpi.name_en, ', ' order by kpi.kpi_id)
            filter (where score.status = 'no_data' and score.no_data = 'hold'),
            string_agg(kpi.name_en, ', ' order by kpi.kpi_id) filter (where score.points is null)
        ) as without_data_en
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ source('scheme', 'kpi') }} as kpi
        on score.kpi_id = kpi.kpi_id
    group by score.period_id, score.employee_id, score.position_id, score.department_id, score.active_from

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
    without_data_zh,
    without_data_en
from summed
