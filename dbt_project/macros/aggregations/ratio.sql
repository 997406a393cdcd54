{#- Sum of the credited numerators by sum of the credited denominators. -#}
{% macro aggregation_ratio() -%}
    {{ return({
        'effects': 'mix_and_rate',
        'measures': {
            'numerator': 'sum(' ~ credited('numerator') ~ ')',
            'denominator': 'sum(' ~ credited('denominator') ~ ')',
        },
        'numerator': 'ratio_numerator',
        'denominator': 'ratio_denominator',
        'actual': exact_ratio('ratio_numerator', 'ratio_denominator'),
    }) }}
{%- endmacro %}
