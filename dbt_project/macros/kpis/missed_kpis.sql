{#- The KPIs that a department misses as a whole in a period being closed; where that is not built yet, all that may be. -#}
{% macro missed_kpis() -%}
    {%- set judged = ref('int_judged_kpi') -%}
    {%- if execute and load_relation(judged) -%}
        {{ return(column_in_use('(select kpi_id from ' ~ judged ~ ' where is_missed)', 'kpi_id')) }}
    {%- else -%}
        {{ return(kpis_in_use()) }}
    {%- endif -%}
{%- endmacro %}
