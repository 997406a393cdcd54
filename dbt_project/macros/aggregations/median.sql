{#-
    Median of the numerators (credit plays no part): the middle one, or the mean of the two in the middle.
    Done on a sorted list, because DuckDB's own median goes through binary floating point.
-#}
{% macro aggregation_median() -%}
    {%- set middle = 'median_values[(len(median_values) + 1) // 2] + median_values[len(median_values) // 2 + 1]' -%}
    {{ return({
        'measures': {'values': 'list(contribution.numerator order by contribution.numerator)'},
        'numerator': middle,
        'denominator': '2',
        'actual': exact_ratio(middle, '2'),
    }) }}
{%- endmacro %}
