{#-
    The final score DECIMAL(9, 4) of a KPI score, a 360° score (null: the KPI score alone) and extra points, by the
    scheme's weights of the parts (columns kpi_weight, feedback_weight). Rounded here, once, to 4 decimals; never below 0.
-#}
{% macro final_score(kpi_score, feedback_score, extra_points) -%}
    cast(
        greatest(0, {{ extra_points }} + case
            when {{ feedback_score }} is null then {{ kpi_score }}
            else {{ exact_ratio('kpi_weight * ' ~ kpi_score ~ ' + feedback_weight * ' ~ feedback_score, '1', scale=4) }}
        end) as decimal(9, 4)
    )
{%- endmacro %}
