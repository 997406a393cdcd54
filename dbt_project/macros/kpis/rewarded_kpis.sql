{#- The KPIs for which the scheme gives an instant reward; while dbt only parses, all that may be asked for. -#}
{% macro rewarded_kpis() -%}
    {%- if execute -%}
        {{ return(column_in_use(source('scheme', 'reward'), 'kpi_id')) }}
    {%- else -%}
        {{ return(kpis_in_use()) }}
    {%- endif -%}
{%- endmacro %}
