-- The KPIs that each assignment is measured by in a period, with the weight and target in force while it is active.
with line as (

    select
        line.position_id,
        line.kpi_id,
        line.goal_id,
        line.scope,
        line.weight,
        line.target,
        line.team_target,
        line.growth,
        line.rule_id,
        line.no_data,
        line.min_sample,
        line.floor,
        line.cap,
        line.veto_below,
        line.veto_grade,
        line.valid_from,
        line.valid_to,
        kpi.is_sum_like,
        kpi.better
    from {{ source('scheme', 'position_kpi') }} as line
    inner join {{ source('scheme', 'kpi') }} as kpi
        on line.kpi_id = kpi.kpi_id

),

assigned as (

    select
        assignment.*,
        line.* exclude (position_id)
    from {{ being_closed(ref('int_assignment_period')) }} as assignment
    inner join line
        on
            assignment.position_id = line.position_id
            and assignment.measured_on between line.valid_from and line.valid_to

),

-- a person's own target comes first, then that of the nearest department
own as (

    select
        assigned.period_id,
        assigned.employee_id,
        assigned.position_id,
        assigned.department_id,
        assigned.active_from,
        assigned.kpi_id,
        own_target.department_id as shared_in,
        own_target.target,
        own_target.team_target,
        own_target.growth
    from assigned
    inner join {{ source('scheme', 'own_target') }} as own_target
        on
            assigned.position_id = own_target.position_id
            and assigned.kpi_id = own_target.kpi_id
            and assigned.valid_from = own_target.valid_from
    left join {{ ref('int_department_above') }} as above
        on assigned.department_id = above.department_id and own_target.department_id = above.above_id
    where own_target.employee_id = assigned.employee_id or above.steps is not null
    qualify
        row_number() over (
            partition by
                assigned.period_id,
                assigned.employee_id,
                assigned.position_id,
                assigned.department_id,
                assigned.active_from,
                assigned.kpi_id
            order by own_target.employee_id is null, above.steps
        ) = 1

),

asked as (

    select
        assigned.* replace (
            case when own.period_id is null then assigned.target else own.target end as target,
            case when own.period_id is null then assigned.team_target else own.team_target end as team_target,
            case when own.period_id is null then assigned.growth else own.growth end as growth
        ),
        -- a team is who shares the same target: of a department with those below it, or else of the own department
        coalesce(own.shared_in, assigned.department_id) as shared_in,
        own.shared_in as target_department_id,
        case
            when own.period_id is null then 'position'
            when own.shared_in is null then 'employee'
            else 'department'
        end as target_of
    from assigned
    left join own
        on
            assigned.period_id = own.period_id
            and assigned.employee_id = own.employee_id
            and assigned.position_id = own.position_id
            and assigned.department_id = own.department_id
            and assigned.active_from = own.active_from
            and assigned.kpi_id = own.kpi_id

),

shared as (

    select
        *,
        -- a team goes on working while its manager is away
        case
            when team_target is not null then 'team'
            when growth is not null or not is_sum_like then null
            when scope = 'self' and worked_hours is not null then 'hours'
            else 'days'
        end as prorated_by,
        cast(fte * 1000000 as hugeint) * active_days as presence
    from asked

),

team as (

    select
        period_id,
        position_id,
        kpi_id,
        valid_from,
        shared_in,
        team_target,
        sum(presence) as presence_of_team
    from shared
    where team_target is not null
    group by period_id, position_id, kpi_id, valid_from, shared_in, team_target

),

prorated as (

    select
        shared.*,
        team.presence_of_team
    from shared
    left join team
        on
            shared.period_id = team.period_id
            and shared.position_id = team.position_id
            and shared.kpi_id = team.kpi_id
            and shared.valid_from = team.valid_from
            and shared.shared_in = team.shared_in
            and shared.team_target = team.team_target

)

select
    period_id,
    employee_id,
    position_id,
    department_id,
    active_from,
    active_to,
    active_share,
    kpi_id,
    goal_id,
    scope,
    weight,
    measured_on,
    case
        when is_sum_like then {{ exact_ratio('coalesce(team_target, target) * month_parts', 'month_whole') }}
        else target
    end as target,
    growth,
    coalesce(team_target, target) as line_target,
    target_of,
    target_department_id,
    prorated_by,
    cast(
        case prorated_by
            when 'team' then cast(presence as decimal(38, 0)) * 0.000001
            when 'hours' then worked_hours
            when 'days' then active_days
        end as decimal(18, 6)
    ) as prorated_part,
    cast(
        case prorated_by
            when 'team' then cast(presence_of_team as decimal(38, 0)) * 0.000001
            when 'hours' then standard_hours
            when 'days' then period_days
        end as decimal(18, 6)
    ) as prorated_whole,
    -- rounded here, once: the target that the actual is held against, but for growth, whose base is an actual
    case prorated_by
        when 'team'
            then {{ exact_part('team_target', 'month_parts * presence', 'month_whole * presence_of_team') }}
        when 'hours'
            then {{ exact_ratio('target * month_parts * worked_hours', 'month_whole * standard_hours', decimals=10) }}
        when 'days'
            then {{ exact_ratio('target * month_parts * active_days', 'month_whole * period_days', decimals=10) }}
        else target
    end as prorated_target,
    rule_id,
    no_data,
    min_sample,
    floor,
    cap,
    veto_below,
    veto_grade,
    better
from prorated
