{#- The days on which strengths are looked for: each period being closed, and the scheme's months before it. -#}
{% macro strength_window() -%}
    (
        select
            period.period_id,
            period.starts_on as period_starts_on,
            greatest(
                cast(period.starts_on - to_months(review.history_months) as date), company.assessed_from
            ) as starts_on,
            period.ends_on
        from {{ source('control', 'period') }} as period
        inner join {{ source('scheme', 'strength_review') }} as review
            on period.period_id = review.period_id
        cross join {{ source('control', 'company') }} as company
    )
{%- endmacro %}
