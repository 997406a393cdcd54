{#- An account that the system itself flags as a test. -#}
{% macro cleaning_test_account(rule) -%}
    {{ return({'when': rule.flag, 'because': "'" ~ rule.flag ~ " is set'"}) }}
{%- endmacro %}
