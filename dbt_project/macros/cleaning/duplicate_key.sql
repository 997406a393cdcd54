{#- A business `key` that stands several times with different contents; the newest by `newest_by` counts. -#}
{% macro cleaning_duplicate_key(rule) -%}
    {%- set window = not_refused_by(rule.key) ~ ' order by ' ~ rule.newest_by ~ ' desc, _source_key desc' -%}
    {%- set known = rule.key | join(' is not null and ') ~ ' is not null' -%}
    {{ return({
        'when': known ~ ' and row_number() over (' ~ window ~ ') > 1',
        'because': "'row `' || first_value(_source_key) over (" ~ window ~ ") || '` has the same "
            ~ rule.key | join(', ') ~ " and is newer'",
    }) }}
{%- endmacro %}
