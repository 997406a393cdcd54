-- The contributions of those who are compared, in the months before and after a course. They are made anew from the KPI
-- models, so that it makes no difference whether and when those periods were closed.
{{ config(materialized='whole_table') }}  -- each KPI model is a query over whole inputs

with asked as (

    {% for side in ['before', 'after'] -%}
    select distinct
        {{ side }}_from as starts_on,
        {{ side }}_to as ends_on,
        employee_id
    from {{ ref('int_course_member') }}
    {% if not loop.last %}union{% endif %}
    {% endfor %}
),

stretch as (

    select distinct
        starts_on || '/' || ends_on as period_id,
        starts_on,
        ends_on
    from asked

),

contribution as (

    {{ contributions_during('stretch', days_of=course_span()) }}

)

select
    contribution.period_id as stretch_id,
    contribution.employee_id,
    contribution.kpi_id,
    contribution.unit_id,
    contribution.numerator,
    contribution.denominator,
    contribution.credit,
    contribution.source_system,
    contribution.source_table,
    contribution.source_key
from contribution
inner join asked
    on
        contribution.employee_id = asked.employee_id
        and contribution.period_id = asked.starts_on || '/' || asked.ends_on
