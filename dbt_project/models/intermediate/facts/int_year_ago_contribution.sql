-- The contributions of a year ago of the KPIs that are to grow, made anew from the KPI models, so that it makes no
-- difference whether and when those periods were closed.
{{ config(materialized='whole_table') }}  -- each KPI model is a query over whole inputs
-- depends_on: {{ ref('fct_kpi_contribution') }}
{%- set growing = growing_kpis() %}
{% if growing -%}
{{ contributions_during(source('control', 'period'), prefix='year_ago_', kpis=growing) }}
{%- else -%}
select
    period_id,
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
from {{ ref('fct_kpi_contribution') }}
where false
{%- endif %}
