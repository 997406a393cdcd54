{#-
    n × sum of squares − square of the sum, of n whole numbers: n² times their variance. Whole and so exact; only what is
    made of it (a root, a ratio) is binary floating point, which a statistic may be and a score may not.
-#}
{% macro n_squared_variance(n, sum, squares) -%}
    ({{ n }} * {{ squares }} - {{ sum }} * {{ sum }})
{%- endmacro %}


{#- A decimal with 4 decimals in units of 0.0001, as a BIGINT. -#}
{% macro ten_thousandths(decimal_expression) -%}
    cast({{ decimal_expression }} * 10000 as bigint)
{%- endmacro %}


{#- Element of a sorted list below or at which a quarter of it (`quarters` of them) lies: nearest rank. -#}
{% macro quartile(sorted_list, quarters) -%}
    {{ sorted_list }}[({{ quarters }} * len({{ sorted_list }}) + 3) // 4]
{%- endmacro %}


{#- A share or an attainment as a percentage with one decimal. -#}
{% macro as_percent(share) -%}
    cast({{ share }} * 100 as decimal(18, 1))
{%- endmacro %}
