{#-
    Median of the numerators (credit plays no part): the middle one, or the mean of the two in the middle.
    Done on a sorted list, because DuckDB's own median goes through binary floating point.
-#}
{% macro aggregation_median() -%}
    {{ return({
        'measures': {'values': 'list(contribution.numerator order by contribution.numerator)'},
        'numerator': twice_the_middle('median_values'),
        'denominator': '2',
        'actual': middle('median_values'),
    }) }}
{%- endmacro %}
