{#-
    An input of the contract, filled by the company's model company_<input> if the company has one, else empty.
    Columns and types come from the contract beside this model (_inputs__models.yml): the company's model has to
    supply each of them by name; a column that is no part of the contract goes no further.
-#}
{% macro company_input() -%}
    {%- set supplied = company_supplies().inputs -%}
    {#- an empty view, seen through while a query is planned, spares whatever would be joined to it -#}
    {{- config(materialized='whole_table' if model.name in supplied else 'view_in_place') -}}
    {%- set columns = model.columns.values() -%}
    select
        {% for column in columns -%}
        cast({{ column.name if model.name in supplied else 'null' }} as {{ column.data_type }}) as {{ column.name }}
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
    {%- if model.name in supplied %}
    from {{ ref('company_' ~ model.name) }}
    {%- else %}
    where false
    {%- endif %}
{%- endmacro %}
