{#-
    The factor DECIMAL(9, 4) that the pay curve of the row gives for `reached` DECIMAL(28, 8): columns threshold, kind and
    parameters (of the rule kind whose macro computes it), last_at, last_factor, rate, per, cap.
-#}
{% macro curve_factor(reached) -%}
    case
        when {{ reached }} is null or {{ reached }} < threshold then cast(0 as decimal(9, 4))
        else cast(
            least(
                coalesce(cap, 1000),
                case
                    when {{ reached }} > last_at and rate is not null then least(1000, {{ accelerated(reached) }})
                    when kind = 'piecewise' then cast({{ rule_piecewise(reached) }} as decimal(28, 4))
                    else cast({{ rule_steps(reached) }} as decimal(28, 4))
                end
            ) as decimal(9, 4)
        )
    end
{%- endmacro %}


{#- Beyond the last point: its factor and `rate` more for each `per`; rounded to 4 decimals, the cap not yet asked. -#}
{% macro accelerated(reached) -%}
    cast(last_factor + {{ exact_ratio('rate * (' ~ reached ~ ' - last_at)', 'per', scale=4) }} as decimal(28, 4))
{%- endmacro %}
