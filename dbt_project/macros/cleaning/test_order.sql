{#- No customer's order: one of the `flags` is set (test order, test account, staff purchase), or `zero` is 0. -#}
{% macro cleaning_test_order(rule) -%}
    {%- set tests = [] -%}
    {%- for flag in rule.flags -%}
        {%- do tests.append({'when': flag, 'because': flag ~ ' is set'}) -%}
    {%- endfor -%}
    {%- if rule.zero -%}
        {%- do tests.append({'when': rule.zero ~ ' = 0', 'because': rule.zero ~ ' is 0'}) -%}
    {%- endif -%}
    {%- set because = [] -%}
    {%- for test in tests -%}
        {%- do because.append('when ' ~ test.when ~ " then '" ~ test.because ~ "'") -%}
    {%- endfor -%}
    {{ return({
        'when': '(' ~ tests | map(attribute='when') | join(' or ') ~ ')',
        'because': 'case ' ~ because | join(' ') ~ ' end',
    }) }}
{%- endmacro %}
