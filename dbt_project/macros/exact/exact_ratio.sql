{#-
    numerator / denominator, rounded half away from zero once, to `scale` decimals, as DECIMAL(28, scale).

    DuckDB divides decimals in binary floating point. Its quotient is only the guess here: at most one unit of the last
    decimal off, which the exact remainder of the guess tells, so that the result is exact and the same everywhere. Where a
    guess of 53 bits could be further off, the division is done on whole numbers (HUGEINT), exact too and six times as slow.
    Both arguments are decimals with at most `decimals` decimals, below 10^(38 - 2 * decimals) and below
    10^(37 - decimals - scale): below 10^14 unless told otherwise. Null when either is null or the denominator is 0.

    Both are handed to a lambda, because DuckDB would compute in a branch of a `case` each time what is named twice.
-#}
{% macro exact_ratio(numerator, denominator, scale=8, decimals=12) -%}
    {%- set type = 'decimal(38, ' ~ decimals ~ ')' -%}
    {%- set unit = "cast('0." ~ '0' * (scale - 1) ~ "1' as decimal(" ~ (scale + 1) ~ ', ' ~ scale ~ '))' -%}
    list_transform(
        [{'n': cast({{ numerator }} as {{ type }}), 'd': cast({{ denominator }} as {{ type }})}],
        lambda given: cast(
            sign(given['n']) * sign(given['d']) * list_transform(
                [{
                    'n': abs(given['n']),
                    'd': abs(given['d']),
                    'guess': cast(least(
                        cast(abs(given['n']) as double) / nullif(cast(abs(given['d']) as double), 0), {{ 10 ** (15 - scale) }}
                    ) as decimal(28, {{ scale }}))
                }],
                lambda ratio: case
                    when ratio['guess'] < {{ 10 ** (15 - scale) }}
                        then ratio['guess'] + case
                            when 2 * (ratio['n'] - ratio['guess'] * ratio['d']) < ratio['d'] * -{{ unit }} then -{{ unit }}
                            when 2 * (ratio['n'] - ratio['guess'] * ratio['d']) >= ratio['d'] * {{ unit }} then {{ unit }}
                            else 0
                        end
                    else
                        cast((
                            2 * {{ whole_number("ratio['n']", decimals) }} * {{ 10 ** scale }}
                            + {{ whole_number("ratio['d']", decimals) }}
                        ) // nullif(2 * {{ whole_number("ratio['d']", decimals) }}, 0) as decimal(38, 0)) * {{ unit }}
                end
            )[1] as decimal(28, {{ scale }})
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
