{#- Somebody registered again: the row's `id` is not the id of the `person` (macro persons). -#}
{% macro cleaning_duplicate_person(rule) -%}
    {{ return({
        'when': rule.person ~ ' <> ' ~ rule.id,
        'because': "'the same person as `' || " ~ rule.person ~ " || '`'",
    }) }}
{%- endmacro %}
