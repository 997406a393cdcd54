{#-
    Whether a p-value is a finding among all of `partition` that have one, when at most the share `rate` of the findings is
    to be expected false: Y. Benjamini and Y. Hochberg, Controlling the False Discovery Rate, Journal of the Royal
    Statistical Society B 57, 1995. Where nothing differs at all, anything is found with the probability `rate` at most.

    `ranked` is a relation with the columns p_value, place (1 = smallest p-value) and tests (how many) of its partition.
-#}
{% macro is_discovery(rate, partition) -%}
    coalesce(
        p_value <= max(p_value) filter (where p_value <= place * {{ rate }} / tests) over (partition by {{ partition }}),
        false
    )
{%- endmacro %}
