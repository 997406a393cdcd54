{#- Mean of the numerators, weighted by credit. -#}
{% macro aggregation_mean() -%}
    {{ return({
        'effects': 'mix_and_rate',
        'measures': {
            'numerator': 'sum(' ~ credited('numerator') ~ ')',
            'denominator': 'sum(contribution.credit)',
        },
        'numerator': 'mean_numerator',
        'denominator': 'mean_denominator',
        'actual': exact_ratio('mean_numerator', 'mean_denominator'),
    }) }}
{%- endmacro %}
