{#- Straight lines between the given points [attainment, points]; before the first and after the last, level. -#}
{% macro rule_piecewise(attainment) -%}
    {#- the two points are found once; named in each branch, they would be read from the rule's JSON again each time -#}
    list_transform(
        [{'below': {{ point_below(attainment) }}, 'above': {{ point_above(attainment) }}}],
        lambda found: case
            when found['below'] is null then found['above'][2]
            when found['above'] is null then found['below'][2]
            else
                found['below'][2] + {{ exact_ratio(
                    "(found['above'][2] - found['below'][2]) * (" ~ attainment ~ " - found['below'][1])",
                    "found['above'][1] - found['below'][1]", scale=4
                ) }}
        end
    )[1]
{%- endmacro %}


{% macro rule_piecewise_in_words(attainment) -%}
    {%- set below, above = point_below(attainment), point_above(attainment) -%}
    {%- set start, end = as_computed_number(below ~ '[1]'), as_computed_number(above ~ '[1]') -%}
    {%- set low, high = as_computed_number(below ~ '[2]'), as_computed_number(above ~ '[2]') -%}
    {#- null, and so left out, before the first point and after the last -#}
    {%- set line = [
        low, "' + ('", high, "' - '", low, "') × ('", as_number(attainment), "' - '", start, "') ÷ ('", end, "' - '",
        start, "') = '", as_computed_number(rule_piecewise(attainment))
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
