-- The contributions of the periods before those being closed, as far as they are not being closed themselves. They are
-- made anew from the KPI models, so that it makes no difference whether and when those periods were closed.
{{ config(materialized='whole_table') }}  -- read several times, and each KPI model is a query over whole inputs

with previous as (

    select distinct
        period.previous_period_id,
        period.previous_starts_on,
        period.previous_ends_on
    from {{ source('control', 'period') }} as period
    left join {{ source('control', 'period') }} as closed_too
        on period.previous_period_id = closed_too.period_id
    where period.previous_period_id is not null and closed_too.period_id is null

)

{{ contributions_during('previous', prefix='previous_') }}
