{#- What was called off: `column` has one of the `values`. -#}
{% macro cleaning_cancelled(rule) -%}
    {%- set texts = [] -%}
    {%- for value in rule['values'] -%}
        {%- do texts.append(dbt.string_literal(dbt.escape_single_quotes(value))) -%}
    {%- endfor -%}
    {{ return({
        'when': rule.column ~ ' in (' ~ texts | join(', ') ~ ')',
        'because': "'" ~ rule.column ~ " is `' || " ~ rule.column ~ " || '`'",
    }) }}
{%- endmacro %}
