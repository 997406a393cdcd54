{#- 0 points at zero_at, 10 at 1, on along the same line up to the cap, never below 0. -#}
{% macro rule_linear(attainment) -%}
    greatest(0, least(
        {{ rule_parameter('cap') }},
        {{ exact_ratio('10 * (' ~ attainment ~ ' - ' ~ rule_parameter('zero_at') ~ ')', '1 - ' ~ rule_parameter('zero_at'), scale=4) }}
    ))
{%- endmacro %}
