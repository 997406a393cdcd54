{#-
    From contributions to actuals, for any grouping.

    `relation` has one row a contribution with the columns kpi_id, unit_id, numerator, denominator, credit,
    source_system, source_table, source_key and the columns in `keys`. Gives one row for each group of `keys` and kpi_id with
    numerator, denominator DECIMAL(38, 12), actual DECIMAL(28, 8) and contributions BIGINT. A total is always made
    from contributions, never from other averages.

    An aggregation is a macro aggregation_<name>() in a file of its own that returns three SQL expressions over the
    group: numerator, denominator (or null) and actual (over the first two). It is asked for by its name alone. One
    that says `per_unit` finds the sum of each unit's numerators in the column unit_total, in which a source row counts
    once, however its credit is shared.
-#}
{% macro aggregate(relation, keys) -%}
    {%- set used = column_in_use(source('scheme', 'kpi'), 'aggregation') -%}
    {%- set needs_units = namespace(found=false) -%}
    {%- for name in used if context['aggregation_' ~ name]().per_unit -%}
        {%- set needs_units.found = true -%}
    {%- endfor -%}
    select
        {% for key in keys -%}
        {{ key }},
        {% endfor -%}
        kpi_id,
        cast(
            case aggregation
                {% for name in used -%}
                when '{{ name }}' then {{ context['aggregation_' ~ name]().numerator }}
                {% endfor -%}
                else null
            end as decimal(38, 12)
        ) as numerator,
        cast(
            case aggregation
                {% for name in used -%}
                when '{{ name }}' then {{ context['aggregation_' ~ name]().denominator }}
                {% endfor -%}
                else null
            end as decimal(38, 12)
        ) as denominator,
        cast(
            case aggregation
                {% for name in used -%}
                when '{{ name }}' then {{ context['aggregation_' ~ name]().actual }}
                {% endfor -%}
                else null
            end as decimal(28, 8)
        ) as actual,
        contributions
    from (
        select
            {% for key in keys -%}
            contribution.{{ key }},
            {% endfor -%}
            contribution.kpi_id,
            kpi.aggregation,
            kpi.aggregation_parameter,
            {% for name in used -%}
            {% for measure, expression in context['aggregation_' ~ name]().measures.items() -%}
            {{ expression }} filter (where kpi.aggregation = '{{ name }}') as {{ name }}_{{ measure }},
            {% endfor -%}
            {% endfor -%}
            count(*) as contributions
        from (
            select
                *,
                {% if needs_units.found -%}
                sum(case when is_first_share then numerator end) over (
                    partition by {{ keys | join(', ') }}, kpi_id, unit_id
                ) as unit_total
                {%- else -%}
                null as unit_total
                {%- endif %}
            from (
                select
                    *
                    {%- if needs_units.found -%}
                    ,
                    row_number() over (
                        partition by
                            {{ keys | join(', ') }}, kpi_id, unit_id, source_system, source_table, source_key
                    ) = 1 as is_first_share
                    {%- endif %}
                from {{ relation }}
            ) as counted
        ) as contribution
        inner join {{ source('scheme', 'kpi') }} as kpi
            on contribution.kpi_id = kpi.kpi_id
        group by {% for key in keys %}contribution.{{ key }}, {% endfor %}contribution.kpi_id, kpi.aggregation, kpi.aggregation_parameter
    )
{%- endmacro %}


{#- A column of a contribution times its credit; widened first, because DuckDB multiplies within 18 digits. -#}
{% macro credited(column) -%}
    cast(contribution.{{ column }} as decimal(28, 4)) * contribution.credit
{%- endmacro %}


{#- The one in the middle of a sorted list of decimals, or the mean of the two, exactly; null for an empty list. -#}
{% macro middle(sorted_list) -%}
    {{ exact_ratio(twice_the_middle(sorted_list), '2') }}
{%- endmacro %}


{#- The one in the middle of a sorted list twice, or the two in the middle, added. -#}
{% macro twice_the_middle(sorted_list) -%}
    {{ sorted_list }}[(len({{ sorted_list }}) + 1) // 2] + {{ sorted_list }}[len({{ sorted_list }}) // 2 + 1]
{%- endmacro %}


{#- The distinct values of a text column, in order; empty while dbt only parses. -#}
{% macro column_in_use(relation, column) -%}
    {%- if execute -%}
        {{ return(run_query('select distinct ' ~ column ~ ' from ' ~ relation ~ ' order by 1').columns[0].values() | list) }}
    {%- else -%}
        {{ return([]) }}
    {%- endif -%}
{%- endmacro %}
