{#- The points of the highest step reached; 0 below the first step. -#}
{% macro rule_steps(attainment) -%}
    coalesce(
        list_filter({{ rule_pairs('steps') }}, lambda step: step[1] <= {{ attainment }})[-1][2],
        0
    )
{%- endmacro %}
