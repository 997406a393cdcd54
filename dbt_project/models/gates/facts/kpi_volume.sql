-- How many rows each KPI of the scheme has in a period: none at all is a sign of a lost source.
select
    period.period_id,
    kpi.kpi_id,
    count(contribution.kpi_id) as contributions
from {{ source('control', 'period') }} as period
cross join {{ source('scheme', 'kpi') }} as kpi
left join {{ ref('fct_kpi_contribution') }} as contribution
    on period.period_id = contribution.period_id and kpi.kpi_id = contribution.kpi_id
group by period.period_id, kpi.kpi_id
