{#-
    Points DECIMAL(9, 4) for an attainment DECIMAL(28, 8), by the rule of the row (columns rule_kind, parameters).

    A rule kind is a macro rule_<kind>(attainment) in a file of its own, which reads its parameters from the JSON
    column `parameters`, and a class of the same kind in perf_pipelines/scheme/rules.py, which checks them.
-#}
{% macro points(attainment) -%}
    cast(
        case rule_kind
            {% for kind in company_supplies().rule_kinds -%}
            when '{{ kind }}' then {{ context['rule_' ~ kind](attainment) }}
            {% endfor -%}
            else null
        end as decimal(9, 4)
    )
{%- endmacro %}


{#-
    In words how an attainment becomes points by the rule of the row: a text in Chinese or English.

    A rule kind says it with a macro rule_<kind>_in_words(attainment) beside its own, which returns for each language a
    list of SQL texts to be put together.
-#}
{% macro rule_in_words(attainment, language) -%}
    case rule_kind
        {% for kind in company_supplies().rule_kinds -%}
        when '{{ kind }}' then {{ context['rule_' ~ kind ~ '_in_words'](attainment)[language] | join(' || ') }}
        {% endfor -%}
    end
{%- endmacro %}


{#- The points of the rule within the bounds of the line (columns floor and cap, null where there is none). -#}
{% macro bounded_points(attainment) -%}
    cast(least(coalesce(cap, 1000), greatest(coalesce(floor, 0), {{ points(attainment) }})) as decimal(9, 4))
{%- endmacro %}


{#- One decimal parameter of the row's rule. -#}
{% macro rule_parameter(name) -%}
    cast(parameters ->> '{{ name }}' as decimal(18, 8))
{%- endmacro %}


{#- A parameter of the row's rule that is a list of pairs [attainment, points], ascending. -#}
{% macro rule_pairs(name) -%}
    cast(parameters -> '{{ name }}' as decimal(18, 8)[][])
{%- endmacro %}
