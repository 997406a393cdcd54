{#- Percentile of the numerators by nearest rank: the smallest value that at least the given share do not exceed. -#}
{% macro aggregation_percentile() -%}
    {%- set rank = 'percentile_values[greatest(1, cast(ceil(aggregation_parameter * len(percentile_values)) as bigint))]' -%}
    {{ return({
        'measures': {'values': 'list(contribution.numerator order by contribution.numerator)'},
        'numerator': rank,
        'denominator': 'null',
        'actual': rank,
    }) }}
{%- endmacro %}
