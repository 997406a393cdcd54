{#- 0 points at zero_at, 10 at 1, on along the same line up to the cap, never below 0. -#}
{% macro rule_linear(attainment) -%}
    greatest(0, least({{ rule_parameter('cap') }}, {{ on_the_line(attainment) }}))
{%- endmacro %}


{% macro rule_linear_in_words(attainment) -%}
    {%- set zero_at, cap = as_number(rule_parameter('zero_at')), as_number(rule_parameter('cap')) -%}
    {%- set line = [
        "'10 × ('", as_number(attainment), "' - '", zero_at, "') ÷ (1 - '", zero_at, "') = '",
        as_computed_number(on_the_line(attainment))
    ] -%}
    {{ return({
        'zh': ["'达成率 '", zero_at, "' 得 0 分、1 得 10 分的直线，0 至 '", cap, "' 分：'"] + line,
        'en': ["'a line from 0 at '", zero_at, "' to 10 at 1 and on, within 0 to '", cap, "': '"] + line
    }) }}
{%- endmacro %}


{#- Points on the line through zero_at and 1, below 0 and above the cap too; rounded to 4 decimals. -#}
{% macro on_the_line(attainment) -%}
    {{ exact_ratio('10 * (' ~ attainment ~ ' - ' ~ rule_parameter('zero_at') ~ ')', '1 - ' ~ rule_parameter('zero_at'), scale=4) }}
{%- endmacro %}
