{#- The natural logarithm of the number of ways to choose `k` of `n`, as a DOUBLE. -#}
{% macro log_choose(n, k) -%}
    (lgamma({{ n }} + 1) - lgamma({{ k }} + 1) - lgamma({{ n }} - {{ k }} + 1))
{%- endmacro %}
