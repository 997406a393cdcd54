-- The contributions of the KPIs that are missed, of the period, of those before it and of a year ago, once for each
-- member. They are made anew from the KPI models, so that it makes no difference whether and when those periods were
-- closed. Which periods a day is compared in is joined by who reads them: a day stands in eight of them.
{{ config(materialized='whole_table') }}  -- read several times, and each KPI model is a query over whole inputs
-- depends_on: {{ ref('fct_kpi_contribution') }}
{%- set missed = missed_kpis() %}
with contribution as (

    {% if missed %}
    select made.*
    from {{ contributions_of(missed) }} as made
    where {{ among_the_days('made.occurred_on', periods=source('control', 'compared_period')) }}
    {% else %}
    select contribution.*
    from {{ ref('fct_kpi_contribution') }} as contribution
    where false
    {% endif %}

)

select
    level,
    member_id,
    kpi_id,
    occurred_on,
    unit_id,
    numerator,
    denominator,
    credit,
    source_system,
    source_table,
    source_key,
    segments
from {{ by_member(placed('contribution')) }}
where level in ('company', 'department')
