{#- Two times in an order that cannot be: of each pair the first must not lie after the second. -#}
{% macro cleaning_impossible_time(rule) -%}
    {%- set tests = [] -%}
    {%- set because = [] -%}
    {%- for first, second in rule.pairs -%}
        {%- do tests.append(first ~ ' > ' ~ second) -%}
        {%- do because.append(
            'when ' ~ first ~ ' > ' ~ second ~ " then '" ~ second ~ " ' || " ~ second ~ " || ' lies before "
            ~ first ~ " ' || " ~ first
        ) -%}
    {%- endfor -%}
    {{ return({
        'when': '(' ~ tests | join(' or ') ~ ')',
        'because': 'case ' ~ because | join(' ') ~ ' end',
    }) }}
{%- endmacro %}
