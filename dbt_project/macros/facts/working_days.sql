{#- The days on which anybody was expected to work (worked_on), with the hours of a full-time position (standard_hours). -#}
{% macro working_days() -%}
    (
        select
            expected.worked_on,
            max(expected.standard_hours) as standard_hours
        from {{ ref('attendance') }} as expected
        group by expected.worked_on
    )
{%- endmacro %}
