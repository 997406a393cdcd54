{#- Below 1: missed. From 1: reached. From exceeded_at: exceeded. -#}
{% macro rule_threshold(attainment) -%}
    case
        when {{ attainment }} < 1 then {{ rule_parameter('missed') }}
        when {{ attainment }} >= {{ rule_parameter('exceeded_at') }} then {{ rule_parameter('exceeded') }}
        else {{ rule_parameter('reached') }}
    end
{%- endmacro %}
