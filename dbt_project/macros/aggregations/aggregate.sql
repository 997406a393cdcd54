{#-
    From contributions to actuals, for any grouping.

    `relation` has one row a contribution with the columns kpi_id, unit_id, numerator, denominator, credit,
    source_system, source_table, source_key and the columns in `keys`. Gives one row for each group of `keys` and kpi_id with
    numerator, denominator DECIMAL(38, 12), actual DECIMAL(28, 8) and contributions BIGINT. A total is always made
    from contributions, never from other averages.

    An aggregation is a macro aggregation_<name>() in a file of its own that returns three SQL expressions over the
    group: numerator, denominator (or null) and actual (over the first two). It is asked for by its name alone. One
    that says `per_unit` is given one row a unit instead of one a contribution, with the sum of the unit's numerators in
    the column unit_total, in which a source row counts once, however its credit is shared. With `among`, a list of
    aggregations, KPIs of others are left out.

    `effects` says how the change of an actual is split over the values of a segment (docs/drivers.md): `volume` where
    the numerators of its parts add up to its own, `mix_and_rate` where it is the sum of its parts' numerators by that
    of their denominators; without it the change cannot be split. One that says `counts_units` has parts that add up
    only where no unit stands in two of them.
-#}
{% macro aggregate(relation, keys, among=none) -%}
    {%- set used = company_supplies().aggregations if among is none else among -%}
    {%- set per_unit = namespace(names=[]) -%}
    {%- for name in used if context['aggregation_' ~ name]().per_unit -%}
        {%- set per_unit.names = per_unit.names + [name] -%}
    {%- endfor -%}
    select
        {% for key in keys -%}
        {{ key }},
        {% endfor -%}
        kpi_id,
        {{ by_its_aggregation(used, 'numerator', 'decimal(38, 12)') }} as numerator,
        {{ by_its_aggregation(used, 'denominator', 'decimal(38, 12)') }} as denominator,
        {{ by_its_aggregation(used, 'actual', 'decimal(28, 8)') }} as actual,
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
            cast(sum(contribution.contributions) as bigint) as contributions
        from (
            {{ counted_rows(relation, keys, per_unit.names) }}
        ) as contribution
        inner join {{ source('scheme', 'kpi') }} as kpi
            on contribution.kpi_id = kpi.kpi_id
        {%- if among is not none %}
        where list_contains({{ among }}, kpi.aggregation)
        {%- endif %}
        group by {% for key in keys %}contribution.{{ key }}, {% endfor %}contribution.kpi_id, kpi.aggregation, kpi.aggregation_parameter
    )
{%- endmacro %}


{#-
    The expression `part` of the row's aggregation, one of `used`. Each is cast by itself: the type that decimals of
    different scales have in common may not hold the decimals of all.
-#}
{% macro by_its_aggregation(used, part, type) -%}
    {%- if not used -%}
    cast(null as {{ type }})
    {%- else -%}
    case aggregation
        {% for name in used -%}
        when '{{ name }}' then cast({{ context['aggregation_' ~ name]()[part] }} as {{ type }})
        {% endfor -%}
    end
    {%- endif -%}
{%- endmacro %}


{#- One row a contribution, or a unit where the aggregation is one of `per_unit`; `contributions` says of how many. -#}
{% macro counted_rows(relation, keys, per_unit) -%}
    select
        {{ keys | join(', ') }},
        kpi_id,
        unit_id,
        numerator,
        denominator,
        credit,
        cast(null as decimal(38, 4)) as unit_total,
        1 as contributions
    from {{ relation }}
    {%- if per_unit %}
    where kpi_id not in ({{ kpis_of(per_unit) }})

    union all by name

    select
        {{ keys | join(', ') }},
        kpi_id,
        unit_id,
        sum(numerator) as unit_total,
        sum(contributions) as contributions
    from (
        select
            {{ keys | join(', ') }},
            kpi_id,
            unit_id,
            source_system,
            source_table,
            source_key,
            min(numerator) as numerator,
            count(*) as contributions
        from {{ relation }}
        where kpi_id in ({{ kpis_of(per_unit) }})
        group by {{ keys | join(', ') }}, kpi_id, unit_id, source_system, source_table, source_key
    )
    group by {{ keys | join(', ') }}, kpi_id, unit_id
    {%- endif %}
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


{#- The aggregations in use for which `property` is `value`. -#}
{% macro aggregations_in_use(property, value) -%}
    {%- set found = [] -%}
    {%- for name in company_supplies().aggregations -%}
        {%- if context['aggregation_' ~ name]()[property] | default(none) == value -%}
            {%- do found.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- The aggregations in use whose numerators and denominators of any parts add up to those of the whole. -#}
{% macro aggregations_that_add_up() -%}
    {%- set counting = aggregations_in_use('counts_units', true) -%}
    {%- set found = aggregations_in_use('effects', 'volume') + aggregations_in_use('effects', 'mix_and_rate') -%}
    {{ return(found | reject('in', counting) | list) }}
{%- endmacro %}


{#- Query for the ids of the KPIs with one of these aggregations. -#}
{% macro kpis_of(aggregations) -%}
    select kpi.kpi_id from {{ source('scheme', 'kpi') }} as kpi where list_contains({{ aggregations }}, kpi.aggregation)
{%- endmacro %}


{#- The distinct values of a text column, in order; empty while dbt only parses. -#}
{% macro column_in_use(relation, column) -%}
    {%- if execute -%}
        {{ return(run_query('select distinct ' ~ column ~ ' from ' ~ relation ~ ' order by 1').columns[0].values() | list) }}
    {%- else -%}
        {{ return([]) }}
    {%- endif -%}
{%- endmacro %}
