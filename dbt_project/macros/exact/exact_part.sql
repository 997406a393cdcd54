{#-
    The part of a whole: amount * part / whole, rounded half away from zero once, to 8 decimals, as DECIMAL(28, 8).

    `amount` is a decimal of at most 8 decimals, not negative and at most 10^10; `part` and `whole` are whole numbers
    (HUGEINT) below 10^18. Null when the whole is 0.
-#}
{% macro exact_part(amount, part, whole) -%}
    cast(
        cast(
            (
                2 * cast(cast({{ amount }} as decimal(38, 8)) * cast(100000000 as decimal(9, 0)) as hugeint) * ({{ part }})
                + ({{ whole }})
            ) // nullif(2 * ({{ whole }}), 0) as decimal(38, 0)
        ) * cast(0.00000001 as decimal(9, 8)) as decimal(28, 8)
    )
{%- endmacro %}
