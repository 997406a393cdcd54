{#- A row whose `parent` is not used (column `used`: false, or null where there is no such parent). -#}
{% macro cleaning_orphan(rule) -%}
    {{ return({
        'when': 'not coalesce(' ~ rule.used ~ ', false)',
        'because': "'" ~ rule.parent ~ " `' || coalesce(cast(" ~ rule.parent ~ " as varchar), '') || '` is not used'",
    }) }}
{%- endmacro %}
