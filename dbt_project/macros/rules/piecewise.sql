{#- Straight lines between the given points [attainment, points]; before the first and after the last, level. -#}
{% macro rule_piecewise(attainment) -%}
    {%- set points = rule_pairs('points') -%}
    {%- set below = 'list_filter(' ~ points ~ ', lambda p: p[1] <= ' ~ attainment ~ ')[-1]' -%}
    {%- set above = 'list_filter(' ~ points ~ ', lambda p: p[1] > ' ~ attainment ~ ')[1]' -%}
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
