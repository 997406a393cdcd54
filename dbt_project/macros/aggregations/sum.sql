{#- Sum of the credited numerators. The denominator has no meaning. -#}
{% macro aggregation_sum() -%}
    {{ return({
        'measures': {'numerator': 'sum(contribution.numerator * contribution.credit)'},
        'numerator': 'sum_numerator',
        'denominator': 'null',
        'actual': 'sum_numerator',
    }) }}
{%- endmacro %}
