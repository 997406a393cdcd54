{#-
    The whole months that effects of courses are measured in, for each period being closed: to its last whole month; from
    so early on that a course of up to a year, finished as long ago as the scheme looks at, has its months before it.
-#}
{% macro course_span() -%}
    (
        select
            period_id,
            months,
            finished_from,
            greatest(cast(finished_from - to_months(12 + months) as date), assessed_from) as starts_on,
            ends_on
        from (
            select
                period.period_id,
                review.months,
                company.assessed_from,
                case
                    when period.ends_on = last_day(period.ends_on) then period.ends_on
                    else cast(date_trunc('month', period.ends_on) as date) - 1
                end as ends_on,
                cast(date_trunc('month', ends_on) - to_months(review.finished_within) as date) as finished_from
            from {{ source('control', 'period') }} as period
            inner join {{ source('scheme', 'course_review') }} as review
                on period.period_id = review.period_id
            cross join {{ source('control', 'company') }} as company
        )
    )
{%- endmacro %}
