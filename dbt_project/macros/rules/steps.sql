{#- The points of the highest step reached; 0 below the first step. -#}
{% macro rule_steps(attainment) -%}
    coalesce(
        list_filter({{ rule_pairs('steps') }}, lambda step: step[1] <= {{ attainment }})[-1][2],
        0
    )
{%- endmacro %}


{% macro rule_steps_in_words(attainment) -%}
    {%- set lowest = as_number(rule_pairs('steps') ~ '[1][1]') -%}
    {%- set at_least, points = as_number('step[1]'), as_number('step[2]') -%}
    {%- set steps = 'array_to_string(list_transform(' ~ rule_pairs('steps') ~ ', lambda step: ' -%}
    {{ return({
        'zh': ["'低于 '", lowest, "' 得 0 分，'", steps ~ at_least ~ " || ' 起 ' || " ~ points ~ " || ' 分'), '，')"],
        'en': ["'below '", lowest, "': 0, '", steps ~ "'from ' || " ~ at_least ~ " || ': ' || " ~ points ~ "), ', ')"]
    }) }}
{%- endmacro %}
