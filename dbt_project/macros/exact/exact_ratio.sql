{#-
    numerator / denominator, rounded half away from zero once, to `scale` decimals, as DECIMAL(28, scale).

    DuckDB divides decimals in binary floating point. Here the division is done on whole numbers (HUGEINT), so
    that the result is exact and the same everywhere. Both arguments are decimals with at most `decimals` decimals and
    below 10^(38 - 2 * decimals): below 10^14 unless told otherwise. Null when either is null or the denominator is 0.

    Both are handed to a lambda, because DuckDB would compute in a branch of a `case` each time what is named twice.
-#}
{% macro exact_ratio(numerator, denominator, scale=8, decimals=12) -%}
    list_transform(
        [{'n': {{ whole_number(numerator, decimals) }}, 'd': {{ whole_number(denominator, decimals) }}}],
        lambda ratio: cast(
            cast(
                sign(ratio['n']) * sign(ratio['d'])
                * ((2 * abs(ratio['n']) * {{ 10 ** scale }} + abs(ratio['d'])) // nullif(2 * abs(ratio['d']), 0))
                as decimal(38, 0)
            ) * cast('{{ "0." ~ "0" * (scale - 1) ~ "1" }}' as decimal({{ scale + 1 }}, {{ scale }}))
            as decimal(28, {{ scale }})
        )
    )[1]
{%- endmacro %}


{#- A decimal in units of its last of at most `decimals` decimals, so that whole-number arithmetic can be done on it. -#}
{% macro whole_number(decimal_expression, decimals=12) -%}
    cast(
        cast({{ decimal_expression }} as decimal(38, {{ decimals }}))
        * cast({{ 10 ** decimals }} as decimal({{ decimals + 1 }}, 0)) as hugeint
    )
{%- endmacro %}


{#- A difference with 8 decimals, squared; widened first, because DuckDB multiplies within 18 digits. -#}
{% macro squared(difference) -%}
    cast({{ difference }} as decimal(19, 8)) * cast({{ difference }} as decimal(19, 8))
{%- endmacro %}
