-- Each own KPI of an employee against peers in the same position or, where these are too few, against the target: the mean
-- of the weeks' differences by Student's t for paired observations (docs/growth.md). Statistics are binary floating
-- point; lists are summed in the order of the weeks and of the employees, so that they are the same in every run.
with line as (

    select
        line.*,
        count(line.actual) over (partition by line.period_id, line.position_id, line.kpi_id)
        - (line.actual is not null)::integer as peers_count,
        review.min_peers,
        review.min_weeks,
        review.min_sample,
        review.margin
    from {{ ref('int_strength_line') }} as line
    inner join {{ source('scheme', 'strength_review') }} as review
        on line.period_id = review.period_id

),

-- a rate as it is, a sum as of a full-time week; of a sum nothing is 0, of a rate it is no data
week as (

    select
        line.period_id,
        line.position_id,
        line.kpi_id,
        line.employee_id,
        presence.weeks_back,
        cast(case when line.is_sum_like then coalesce(actuals.actual, 0) else actuals.actual end as double) as reached,
        case when line.is_sum_like then reached / presence.presence else reached end as reached_in_full
    from line
    inner join {{ ref('int_week_presence') }} as presence
        on
            line.period_id = presence.period_id
            and line.employee_id = presence.employee_id
            and line.position_id = presence.position_id
    left join {{ ref('int_week_actual') }} as actuals
        on
            line.period_id = actuals.period_id
            and line.employee_id = actuals.employee_id
            and line.kpi_id = actuals.kpi_id
            and presence.weeks_back = actuals.weeks_back
    -- of a week nearly all away nothing can be said
    where
        presence.presence >= 0.2
        and (line.is_sum_like or actuals.actual is not null)

),

everybody as (

    select
        period_id,
        position_id,
        kpi_id,
        weeks_back,
        count(*) as people,
        list_sum(list(reached_in_full order by employee_id)) as total
    from week
    group by period_id, position_id, kpi_id, weeks_back

),

compared as (

    select
        line.period_id,
        line.kpi_id,
        line.employee_id,
        week.weeks_back,
        case
            when line.peers_count >= line.min_peers
                then (everybody.total - week.reached_in_full) / nullif(everybody.people - 1, 0)
            when line.is_sum_like then cast(line.target as double) * 7 / line.active_days
            else cast(line.target as double)
        end as reference,
        case when line.peers_count >= line.min_peers then week.reached_in_full else week.reached end - reference
        * 1.0 as difference
    from line
    inner join week
        on
            line.period_id = week.period_id
            and line.employee_id = week.employee_id
            and line.kpi_id = week.kpi_id
    inner join everybody
        on
            week.period_id = everybody.period_id
            and week.position_id = everybody.position_id
            and week.kpi_id = everybody.kpi_id
            and week.weeks_back = everybody.weeks_back

),

spread as (

    select
        period_id,
        employee_id,
        kpi_id,
        count(*) as weeks,
        list(difference order by weeks_back) as differences,
        list_avg(differences) as difference,
        list_avg(list(reference order by weeks_back)) as reference,
        list_stddev_samp(differences) / sqrt(count(*)) as standard_error
    from compared
    where reference is not null
    group by period_id, employee_id, kpi_id

),

sample as (

    select
        period_id,
        employee_id,
        kpi_id,
        count(*) as contributions
    from {{ ref('int_strength_contribution') }}
    group by period_id, employee_id, kpi_id

),

-- what the peers reach in the period, for as much presence as the employee's
peers as (

    select
        period_id,
        employee_id,
        kpi_id,
        (
            sum(cast(actual as double) / nullif(share, 0)) over a_position
            - coalesce(cast(actual as double) / nullif(share, 0), 0)
        ) / nullif(peers_count, 0) * share as peers
    from line
    window a_position as (
        partition by period_id, position_id, kpi_id
        order by employee_id rows between unbounded preceding and unbounded following
    )

)

select
    line.period_id,
    line.employee_id,
    line.kpi_id,
    line.better,
    line.actual,
    line.target,
    coalesce(sample.contributions, 0) as sample,
    before.actual as own_before,
    line.peers_count,
    case when line.peers_count >= line.min_peers then cast(round(peers.peers, 8) as decimal(28, 8)) end as peers,
    line.peers_count >= line.min_peers as is_against_peers,
    coalesce(spread.weeks, 0) as weeks,
    case when line.better = 'higher' then spread.difference else -spread.difference end as advantage,
    abs(spread.difference) >= line.margin * abs(spread.reference) as is_large,
    case
        when
            line.actual is null
            or coalesce(spread.weeks, 0) < line.min_weeks
            or coalesce(sample.contributions, 0) < line.min_sample
            then null
        when spread.standard_error > 0
            then {{ student_t_p('(spread.difference / spread.standard_error)', '(spread.weeks - 1)') }}
        when spread.difference = 0 then 1
        else 0
    end as p_value
from line
left join spread
    on
        line.period_id = spread.period_id
        and line.employee_id = spread.employee_id
        and line.kpi_id = spread.kpi_id
left join sample
    on
        line.period_id = sample.period_id
        and line.employee_id = sample.employee_id
        and line.kpi_id = sample.kpi_id
left join {{ ref('int_own_before') }} as before
    on
        line.period_id = before.period_id
        and line.employee_id = before.employee_id
        and line.kpi_id = before.kpi_id
left join peers
    on
        line.period_id = peers.period_id
        and line.employee_id = peers.employee_id
        and line.kpi_id = peers.kpi_id
