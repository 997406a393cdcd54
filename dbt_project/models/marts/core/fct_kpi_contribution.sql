-- The KPIs that the company's scheme uses; each is a model of its own.
{% set kpi_ids = env_var('PERF_KPIS', '').split(',') | select | list %}

with contributions as (

    {% for kpi_id in kpi_ids %}
    select
        kpi_id,
        employee_id,
        occurred_on,
        unit_id,
        numerator,
        denominator,
        credit,
        source_system,
        source_table,
        source_key,
        segments
    from {{ ref('kpi_' ~ kpi_id) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    period.period_id,
    contributions.kpi_id,
    contributions.employee_id,
    contributions.occurred_on,
    contributions.unit_id,
    contributions.numerator,
    contributions.denominator,
    contributions.credit,
    contributions.source_system,
    contributions.source_table,
    contributions.source_key,
    contributions.segments
from contributions
inner join {{ source('control', 'period') }} as period
    on contributions.occurred_on between period.starts_on and period.ends_on
