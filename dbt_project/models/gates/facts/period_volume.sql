select
    period.period_id,
    count(contribution.kpi_id) as contributions
from {{ source('control', 'period') }} as period
left join {{ ref('fct_kpi_contribution') }} as contribution
    on period.period_id = contribution.period_id
group by period.period_id
