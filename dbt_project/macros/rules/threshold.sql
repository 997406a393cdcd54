{#- Below 1: missed. From 1: reached. From exceeded_at: exceeded. -#}
{% macro rule_threshold(attainment) -%}
    case
        when {{ attainment }} < 1 then {{ rule_parameter('missed') }}
        when {{ attainment }} >= {{ rule_parameter('exceeded_at') }} then {{ rule_parameter('exceeded') }}
        else {{ rule_parameter('reached') }}
    end
{%- endmacro %}


{% macro rule_threshold_in_words(attainment) -%}
    {%- set missed, reached = as_number(rule_parameter('missed')), as_number(rule_parameter('reached')) -%}
    {%- set exceeded = as_number(rule_parameter('exceeded')) -%}
    {%- set exceeded_at = as_number(rule_parameter('exceeded_at')) -%}
    {{ return({
        'zh': ["'低于 1 得 '", missed, "' 分，1 起 '", reached, "' 分，'", exceeded_at, "' 起 '", exceeded, "' 分'"],
        'en': ["'below 1: '", missed, "', from 1: '", reached, "', from '", exceeded_at, "': '", exceeded]
    }) }}
{%- endmacro %}
