-- Whether there is anything to compute a period from. One that is running may have no rows yet, and on a quiet day
-- nothing new comes in: nobody is told anything of a KPI without data.
with newest as (

    -- a load id is the second at which it was made
    select
        cast(to_timestamp(max(cast(snapshot.load_id as double))) at time zone any_value(company.timezone) as date)
            as loaded_on
    from {{ source('control', 'source_snapshot') }} as snapshot
    cross join {{ source('control', 'company') }} as company

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
    newest.loaded_on - period.ends_on as days_from_end_to_newest_load,
    not period.is_running as is_over
from {{ source('control', 'period') }} as period
cross join newest
left join counted
    on period.period_id = counted.period_id
