{#- Sum of the credited numerators. The denominator has no meaning. -#}
{% macro aggregation_sum() -%}
    {{ return({
        'effects': 'volume',
        'measures': {'numerator': 'sum(' ~ credited('numerator') ~ ')'},
        'numerator': 'sum_numerator',
        'denominator': 'null',
        'actual': 'sum_numerator',
    }) }}
{%- endmacro %}
