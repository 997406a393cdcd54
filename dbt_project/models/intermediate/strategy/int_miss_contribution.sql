-- The contributions of the KPIs that are missed: in the period, in those before it and a year ago. They are made anew
-- from the KPI models, so that it makes no difference whether and when those periods were closed.
{{ config(materialized='whole_table') }}  -- read several times, and each KPI model is a query over whole inputs
-- depends_on: {{ ref('fct_kpi_contribution') }}
{%- set missed = missed_kpis() %}
with contribution as (

    {% if missed %}
    select
        compared.period_id,
        compared.steps,
        compared.is_year_ago,
        made.*
    from {{ contributions_of(missed) }} as made
    inner join {{ source('control', 'compared_period') }} as compared
        on made.occurred_on between compared.starts_on and compared.ends_on
    where {{ among_the_days('made.occurred_on', periods=source('control', 'compared_period')) }}
    {% else %}
    select
        contribution.*,
        0 as steps,
        false as is_year_ago
    from {{ ref('fct_kpi_contribution') }} as contribution
    where false
    {% endif %}

)

select
    period_id,
    steps,
    is_year_ago,
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
