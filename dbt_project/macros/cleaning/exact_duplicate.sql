{#- A row whose `columns` all equal those of another; the first by `first_by` stays. -#}
{% macro cleaning_exact_duplicate(rule) -%}
    {%- set window = not_refused_by(rule.columns) ~ ' order by ' ~ rule.first_by ~ ', _source_key' -%}
    {{ return({
        'when': 'row_number() over (' ~ window ~ ') > 1',
        'because': "'the same stands in row `' || first_value(_source_key) over (" ~ window ~ ") || '`'",
    }) }}
{%- endmacro %}
