{#- Names of the company's staging models with commas between them: as text, so that .sqlfluff can stand in for it. -#}
{% macro staging_models() -%}
    {{ return(company_supplies().staging | join(',')) }}
{%- endmacro %}
