-- Each KPI of a department by how many miss it, beside those who are measured by it elsewhere, and whether that is a
-- systemic miss (R13).
with measured as (

    select
        period_id,
        department_id,
        kpi_id,
        min(goal_id) as goal_id,
        count(distinct employee_id) as employees_measured,
        count(distinct employee_id) filter (where status = 'missed') as employees_missed,
        list(coalesce(attainment, 1000000000) order by coalesce(attainment, 1000000000)) as attainments
    from {{ being_closed(ref('fct_kpi_score')) }}
    where scope = 'self' and status <> 'no_data'
    group by period_id, department_id, kpi_id

),

everywhere as (

    select
        measured.*,
        cast(sum(employees_measured) over a_kpi - employees_measured as bigint) as others_measured,
        cast(sum(employees_measured - employees_missed) over a_kpi - employees_measured + employees_missed as bigint)
            as others_reached,
        {{ exact_ratio('employees_missed', 'employees_measured') }} as share_missed,
        {{ middle('attainments') }} as median_attainment
    from measured
    window a_kpi as (partition by period_id, kpi_id)

)

select
    everywhere.* exclude (attainments),
    review.systemic_miss_share,
    everywhere.share_missed >= review.systemic_miss_share as is_missed,
    -- how improbable a difference has to be by chance: four questions are asked of each KPI of a department
    cast(review.systemic_miss_error as double) / (4 * count(*) over (partition by everywhere.period_id)) as tail
from everywhere
inner join {{ source('scheme', 'review') }} as review
    on everywhere.period_id = review.period_id
where everywhere.employees_measured >= review.systemic_miss_min_headcount
