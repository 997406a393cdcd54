{#-
    The 97.5 % quantile of Student's t, as a DOUBLE, for degrees of freedom that need not be whole: half of a 95 %
    confidence interval, in standard errors. DuckDB has no such function.

    Expansion about the normal quantile z in powers of 1 / degrees, to the fourth (Abramowitz and Stegun, Handbook of
    Mathematical Functions, 26.7.5). Too small by 0.13 % at 3 degrees, by 0.04 % at 4, by less from there on.
-#}
{% macro student_t_975(degrees) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set terms = [
        (z ** 3 + z) / 4,
        (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
        (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
        (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
    ] -%}
    (
        cast({{ z }} as double)
        {%- for term in terms %} + cast({{ term }} as double) / pow({{ degrees }}, {{ loop.index }}){% endfor -%}
    )
{%- endmacro %}
