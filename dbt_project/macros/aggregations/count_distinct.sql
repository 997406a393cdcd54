{#- How many different units contributed something other than 0. -#}
{% macro aggregation_count_distinct() -%}
    {{ return({
        'effects': 'volume',
        'counts_units': true,
        'measures': {'units': "count(distinct case when contribution.numerator <> 0 then contribution.unit_id end)"},
        'numerator': 'count_distinct_units',
        'denominator': 'null',
        'actual': 'count_distinct_units',
    }) }}
{%- endmacro %}
