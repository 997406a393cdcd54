{#- The rows of a mart that belong to the periods this run closes. -#}
{% macro being_closed(mart) -%}
    (select * from {{ mart }} where period_id in (select period_id from {{ source('control', 'period') }}))
{%- endmacro %}


{#-
    Whether a day lies between the first and the last of the periods that this run closes, or of those before them
    (`prefix='previous_'`), or of other `periods`. Written with the days themselves, so that DuckDB reads no more of an
    input than these days: a month costs the same after ten years.
-#}
{% macro among_the_days(day, prefix='', periods=source('control', 'period')) -%}
    {%- if execute -%}
        {%- set days = run_query(
            'select min(' ~ prefix ~ 'starts_on), max(' ~ prefix ~ 'ends_on) from ' ~ periods
        ).rows[0] -%}
    {%- endif -%}
    {%- if days and days[0] -%}
        {{ day }} between date '{{ days[0] }}' and date '{{ days[1] }}'
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
