{#- Straight lines between the given points [attainment, points]; before the first and after the last, level. -#}
{% macro rule_piecewise(attainment) -%}
    {%- set below, above = point_below(attainment), point_above(attainment) -%}
    case
        when {{ below }} is null then {{ above }}[2]
        when {{ above }} is null then {{ below }}[2]
        else
            {{ below }}[2] + {{ exact_ratio(
                '(' ~ above ~ '[2] - ' ~ below ~ '[2]) * (' ~ attainment ~ ' - ' ~ below ~ '[1])',
                above ~ '[1] - ' ~ below ~ '[1]', scale=4
            ) }}
    end
{%- endmacro %}


{% macro rule_piecewise_in_words(attainment) -%}
    {%- set below, above = point_below(attainment), point_above(attainment) -%}
    {%- set start, end = as_number(below ~ '[1]'), as_number(above ~ '[1]') -%}
    {%- set low, high = as_number(below ~ '[2]'), as_number(above ~ '[2]') -%}
    {#- null, and so left out, before the first point and after the last -#}
    {%- set line = [
        low, "' + ('", high, "' - '", low, "') × ('", as_number(attainment), "' - '", start, "') ÷ ('", end, "' - '",
        start, "') = '", as_number(rule_piecewise(attainment))
    ] | join(' || ') -%}
    {%- set points = 'array_to_string(list_transform(' ~ rule_pairs('points') ~ ', lambda point: ' -%}
    {%- set at, worth = as_number('point[1]'), as_number('point[2]') -%}
    {{ return({
        'zh': [
            points ~ at ~ " || ' 得 ' || " ~ worth ~ " || ' 分'), '，')", "'，其间为直线，两端之外持平'",
            "coalesce('：' || " ~ line ~ ", '')"
        ],
        'en': [
            points ~ at ~ " || ': ' || " ~ worth ~ "), ', ')", "', straight lines between, level outside'",
            "coalesce('; ' || " ~ line ~ ", '')"
        ]
    }) }}
{%- endmacro %}


{#- The last point that the attainment has reached, and the first that it has not. -#}
{% macro point_below(attainment) -%}
    list_filter({{ rule_pairs('points') }}, lambda p: p[1] <= {{ attainment }})[-1]
{%- endmacro %}


{% macro point_above(attainment) -%}
    list_filter({{ rule_pairs('points') }}, lambda p: p[1] > {{ attainment }})[1]
{%- endmacro %}
