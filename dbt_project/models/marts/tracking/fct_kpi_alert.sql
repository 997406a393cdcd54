-- What managers were told of KPIs that fell behind, as the records have it: rows that came later change nothing of it.
select
    alert.period_id,
    alert.employee_id,
    alert.position_id,
    alert.department_id,
    alert.kpi_id,
    alert.manager_id,
    alert.raised_on,
    alert.paced_target,
    alert.actual,
    alert.ratio,
    alert.segment,
    alert.segment_value,
    alert.effect,
    alert.sentence_zh,
    alert.sentence_en
from {{ source('control', 'alert') }} as alert
inner join {{ source('control', 'period') }} as period
    on alert.period_id = period.period_id
