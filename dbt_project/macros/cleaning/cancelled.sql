{#- What was called off: `column` has one of the `values`. -#}
{% macro cleaning_cancelled(rule) -%}
    {{ return({
        'when': rule.column ~ " in ('" ~ rule['values'] | join("', '") ~ "')",
        'because': "'" ~ rule.column ~ " is `' || " ~ rule.column ~ " || '`'",
    }) }}
{%- endmacro %}
