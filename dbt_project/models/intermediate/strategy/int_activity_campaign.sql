-- What each campaign cost and brought in a period being closed, and in the one before it: by the definitions of the
-- KPIs campaign_roi and campaign_new_customers, whether or not the scheme measures anybody by them.
{{ config(materialized='whole_table') }}  -- read twice, and each KPI model is a query over whole inputs
{% set measured = ['campaign_roi', 'campaign_new_customers'] %}

with contribution as (

    select
        made.*,
        made.period_id as of_period_id,
        false as is_previous
    from ({{ contributions_during(source('control', 'period'), kpis=measured) }}) as made

    union all by name

    select
        made.*,
        period.period_id as of_period_id,
        true as is_previous
    from ({{ contributions_during(source('control', 'period'), prefix='previous_', kpis=measured) }}) as made
    inner join {{ source('control', 'period') }} as period
        on made.period_id = period.previous_period_id

)

select
    of_period_id as period_id,
    is_previous,
    coalesce(segments['activity'], 'unknown') as activity_type,
    segments['campaign'] as campaign_id,
    coalesce(sum({{ credited('denominator') }}) filter (where kpi_id = 'campaign_roi'), 0) as cost,
    coalesce(sum({{ credited('numerator') }}) filter (where kpi_id = 'campaign_roi'), 0) as revenue,
    coalesce(sum({{ credited('numerator') }}) filter (where kpi_id = 'campaign_new_customers'), 0) as new_users
from contribution
group by of_period_id, is_previous, coalesce(segments['activity'], 'unknown'), segments['campaign']
