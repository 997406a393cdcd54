{#- Visits that no person made: `agent` matches `pattern`, or a visit has more than `most_views_a_visit` page views. -#}
{% macro cleaning_bot(rule) -%}
    {%- set pattern = dbt.string_literal(dbt.escape_single_quotes(rule.pattern)) -%}
    {%- set named = "regexp_matches(coalesce(" ~ rule.agent ~ ", ''), " ~ pattern ~ ")" -%}
    {%- set many = rule.views ~ ' > ' ~ rule.most_views_a_visit ~ ' * ' ~ rule.visits -%}
    {{ return({
        'when': '(' ~ named ~ ' or ' ~ many ~ ')',
        'because': "case when " ~ named ~ " then '" ~ rule.agent ~ " is `' || " ~ rule.agent ~ " || '`' else "
            ~ rule.views ~ " || ' page views in ' || " ~ rule.visits ~ " || ' visits' end",
    }) }}
{%- endmacro %}
