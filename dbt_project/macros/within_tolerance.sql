{#- Whether two values agree up to a share of the first; false where one of them is missing. -#}
{% macro within_tolerance(value_a, value_b, tolerance) -%}
    coalesce(abs({{ value_a }} - {{ value_b }}) <= cast({{ tolerance }} as decimal(38, 6)) * abs({{ value_a }}), false)
{%- endmacro %}
