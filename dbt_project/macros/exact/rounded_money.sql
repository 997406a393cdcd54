{#-
    An amount DECIMAL(18, 3), rounded half up once to the smallest unit of the currency.

    `numerator`, a whole number (HUGEINT, not negative) in units of its last of `decimals` decimals, over `denominator`,
    a whole number. `units`: how many of its smallest units are one of the currency; 1, 100 or 1000. Beyond the limits of
    HUGEINT (10^38) the query fails: nothing is silently less exact.
-#}
{% macro rounded_money(numerator, denominator, decimals, units) -%}
    {{ from_units(in_whole_units(numerator, denominator, decimals, units), units) }}
{%- endmacro %}


{#- The same as a whole number of units of the currency (HUGEINT). -#}
{% macro in_whole_units(numerator, denominator, decimals, units) -%}
    {%- set unit -%} (({{ denominator }}) * (cast('{{ 10 ** decimals }}' as hugeint) // {{ units }})) {%- endset -%}
    ((2 * ({{ numerator }}) + {{ unit }}) // nullif(2 * {{ unit }}, 0))
{%- endmacro %}


{#-
    A sum of money DECIMAL(18, 3), of any sign and with at most 12 decimals, rounded half away from zero once to the
    smallest unit of the currency.
-#}
{% macro in_currency(amount, units) -%}
    cast(sign({{ amount }}) * {{ rounded_money(whole_number('abs(' ~ amount ~ ')'), '1', 12, units) }} as decimal(18, 3))
{%- endmacro %}


{#- A number of the smallest units of a currency as an amount of it. -#}
{% macro from_units(whole_units, units) -%}
    cast(
        cast(({{ whole_units }}) * (1000 // {{ units }}) as decimal(38, 0)) * cast('0.001' as decimal(4, 3)) as decimal(18, 3)
    )
{%- endmacro %}


{#- An amount DECIMAL(18, 3) as a number of the smallest units of its currency (HUGEINT). -#}
{% macro to_units(amount, units) -%}
    (cast(cast({{ amount }} as decimal(38, 3)) * 1000 as hugeint) // (1000 // {{ units }}))
{%- endmacro %}


{#- A decimal with at most `decimals` decimals as a number of units of the last of them (HUGEINT). -#}
{% macro in_parts(number, decimals) -%}
    cast(cast({{ number }} as decimal(28, {{ decimals }})) * cast({{ 10 ** decimals }} as decimal(10, 0)) as hugeint)
{%- endmacro %}
