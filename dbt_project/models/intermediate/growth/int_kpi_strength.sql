-- Each own KPI of an employee against peers in the same position, by the place among them week by week; or, where these
-- are too few, against the target, by the mean difference of the weeks (docs/growth.md). Statistics are binary floating
-- point; lists are summed in the order of the weeks and of the employees, so that they are the same in every run.
with line as (

    select
        line.*,
        count(line.actual) over (partition by line.period_id, line.position_id, line.kpi_id)
        - cast(line.actual is not null as integer) as peers_count,
        peers_count >= review.min_peers as is_against_peers,
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
        count(*) - 1 as peers,
        list_sum(list(reached_in_full order by employee_id)) as total
    from week
    group by period_id, position_id, kpi_id, weeks_back

),

-- how many of the others are surpassed, as a share; equals by half
placed as (

    select
        week.*,
        (
            rank() over (a_week order by week.reached_in_full)
            + (
                count(*) over (
                    partition by week.period_id, week.position_id, week.kpi_id, week.weeks_back, week.reached_in_full
                ) - 1
            ) / 2 - 1
        ) / nullif(everybody.peers, 0) as surpassed,
        everybody.peers,
        (everybody.total - week.reached_in_full) / nullif(everybody.peers, 0) as peers_reached
    from week
    inner join everybody
        on
            week.period_id = everybody.period_id
            and week.position_id = everybody.position_id
            and week.kpi_id = everybody.kpi_id
            and week.weeks_back = everybody.weeks_back
    window a_week as (partition by week.period_id, week.position_id, week.kpi_id, week.weeks_back)

),

compared as (

    select
        line.period_id,
        line.kpi_id,
        line.employee_id,
        line.is_against_peers,
        placed.weeks_back,
        placed.surpassed,
        -- of a place among k others without a tie, where nobody is better than anybody else
        (placed.peers + 2) / (12 * nullif(placed.peers, 0)) as variance_by_chance,
        case
            when line.is_against_peers then placed.peers_reached
            when line.is_sum_like then cast(line.target as double) * 7 / line.active_days
            else cast(line.target as double)
        end as reference,
        case when line.is_against_peers then placed.reached_in_full else placed.reached end - reference as difference
    from line
    inner join placed
        on
            line.period_id = placed.period_id
            and line.employee_id = placed.employee_id
            and line.kpi_id = placed.kpi_id
    where not line.is_against_peers or placed.peers >= line.min_peers

),

listed as (

    select
        period_id,
        employee_id,
        kpi_id,
        is_against_peers,
        count(*) as weeks,
        list_avg(list(difference order by weeks_back)) as difference,
        list_avg(list(reference order by weeks_back)) as reference,
        list(case when is_against_peers then surpassed - 0.5 else difference end order by weeks_back) as departures,
        list_avg(list(variance_by_chance order by weeks_back)) as variance_by_chance,
        -- of amounts few large ones pull the mean: t is brought back by Hall's cubic; places are not skewed
        case
            when is_against_peers then 0
            else list_aggregate(list(difference order by weeks_back), 'skewness')
        end as skewness
    from compared
    where reference is not null
    group by period_id, employee_id, kpi_id, is_against_peers

),

-- who is always first has no spread of places: it is taken to be that of chance at least
spread as (

    select
        *,
        list_avg(departures) as departure,
        sqrt(
            case
                when is_against_peers then greatest(list_var_samp(departures), variance_by_chance)
                else list_var_samp(departures)
            end / weeks
        ) as standard_error
    from listed

),

tested as (

    select
        *,
        departure / standard_error / sqrt(weeks) as standardised,
        sqrt(weeks) * (
            standardised
            + skewness * pow(standardised, 2) / 3
            + pow(skewness, 2) * pow(standardised, 3) / 27
            + skewness / (6 * weeks)
        ) as statistic
    from spread

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
    case when line.is_against_peers then cast(round(peers.peers, 8) as decimal(28, 8)) end as peers,
    line.is_against_peers,
    coalesce(spread.weeks, 0) as weeks,
    case when line.better = 'higher' then spread.difference else -spread.difference end as advantage,
    -- in the direction that the test has found
    abs(spread.difference) >= line.margin * abs(spread.reference)
    and sign(spread.difference) = sign(spread.departure) as is_large,
    case
        when
            line.actual is null
            or coalesce(spread.weeks, 0) < line.min_weeks
            or coalesce(sample.contributions, 0) < line.min_sample
            then null
        when spread.standard_error > 0
            then {{ student_t_p('spread.statistic', '(spread.weeks - 1)') }}
        when spread.departure = 0 then 1
        else 0
    end as p_value
from line
left join tested as spread
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
