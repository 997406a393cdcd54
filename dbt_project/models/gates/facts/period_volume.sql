with newest as (

    -- a load id is the second at which it was made
    select cast(to_timestamp(max(cast(load_id as double))) as date) as loaded_on
    from {{ source('control', 'source_snapshot') }}

),

counted as (

    select
        period_id,
        count(*) as contributions
    from {{ being_closed(ref('fct_kpi_contribution')) }}
    group by period_id

)

select
    period.period_id,
    coalesce(counted.contributions, 0) as contributions,
    newest.loaded_on - period.ends_on as days_from_end_to_newest_load
from {{ source('control', 'period') }} as period
cross join newest
left join counted
    on period.period_id = counted.period_id
