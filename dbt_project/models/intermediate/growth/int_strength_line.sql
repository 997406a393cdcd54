-- What is asked whether somebody is strong or weak in it: the own KPIs of a period, each once, in the position in which
-- it is measured last. `share` is how much of a full-time presence the period's sum stands for.
with line as (

    select
        score.period_id,
        score.employee_id,
        score.kpi_id,
        arg_max(score.position_id, row(score.active_from, score.position_id)) as position_id,
        arg_max(score.prorated_target, row(score.active_from, score.position_id)) as last_target,
        sum(score.prorated_target) as summed_target,
        cast(sum(score.active_to - score.active_from + 1) as integer) as active_days,
        sum(
            case
                when score.prorated_by = 'team' then score.prorated_part / period.days
                when score.prorated_by is not null then score.prorated_part / score.prorated_whole
                else 1
            end
        ) as share
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ source('control', 'period') }} as period
        on score.period_id = period.period_id
    where score.scope = 'self'
    group by score.period_id, score.employee_id, score.kpi_id

)

select
    line.period_id,
    line.employee_id,
    line.kpi_id,
    line.position_id,
    kpi.is_sum_like,
    kpi.better,
    cast(case when kpi.is_sum_like then line.summed_target else line.last_target end as decimal(28, 8)) as target,
    line.active_days,
    case when kpi.is_sum_like then line.share else 1 end as share,
    actuals.actual
from line
inner join {{ source('scheme', 'kpi') }} as kpi
    on line.kpi_id = kpi.kpi_id
left join {{ being_closed(ref('fct_kpi_actual')) }} as actuals
    on
        line.period_id = actuals.period_id
        and line.employee_id = actuals.employee_id
        and line.kpi_id = actuals.kpi_id
