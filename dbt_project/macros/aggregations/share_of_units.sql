{#-
    Share of the units whose sum reaches the bound (repurchase rate: customers with 2 orders or more). Credit plays no
    part: somebody who owns a customer by half has the whole customer among the units.
-#}
{% macro aggregation_share_of_units() -%}
    {{ return({
        'effects': 'mix_and_rate',
        'counts_units': true,
        'measures': {
            'numerator': "count(distinct case when contribution.unit_total >= kpi.aggregation_parameter then contribution.unit_id end)",
            'denominator': 'count(distinct contribution.unit_id)',
        },
        'per_unit': true,
        'numerator': 'share_of_units_numerator',
        'denominator': 'share_of_units_denominator',
        'actual': exact_ratio('share_of_units_numerator', 'share_of_units_denominator'),
    }) }}
{%- endmacro %}
