{#- The rows of a mart that belong to the periods this run closes. -#}
{% macro being_closed(mart) -%}
    (select * from {{ mart }} where period_id in (select period_id from {{ source('control', 'period') }}))
{%- endmacro %}
