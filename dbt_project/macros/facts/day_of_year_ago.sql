{#-
    A day of the row's `period` a year earlier: of a period of months the same day of the same month (of 29 February the
    28th), of a week or a sprint the same day of the week.
-#}
{% macro day_of_year_ago(day) -%}
    case
        when period.kind in ('week', 'sprint') then {{ day }} - cast(period.starts_on - period.year_ago_starts_on as integer)
        else cast({{ day }} - interval 1 year as date)
    end
{%- endmacro %}
