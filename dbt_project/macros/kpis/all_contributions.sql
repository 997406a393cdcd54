{#- The contributions of every KPI that the company's scheme uses, of all time; each KPI is a model of its own. -#}
{% macro all_contributions() -%}
    {%- set kpi_ids = env_var('PERF_KPIS', '').split(',') | select | list -%}
    {%- for kpi_id in kpi_ids -%}
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
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor -%}
{%- endmacro %}
