-- The KPIs that each assignment is measured by in a period, with the weight and target in force on its first day.
with in_force as (

    select
        period.period_id,
        period.months,
        line.position_id,
        line.kpi_id,
        line.goal_id,
        line.scope,
        line.weight,
        line.target,
        line.rule_id,
        line.no_data,
        line.min_sample,
        line.floor,
        line.cap,
        line.veto_below,
        line.veto_grade,
        kpi.is_sum_like,
        kpi.better
    from {{ source('scheme', 'position_kpi') }} as line
    inner join {{ source('scheme', 'kpi') }} as kpi
        on line.kpi_id = kpi.kpi_id
    inner join {{ source('control', 'period') }} as period
        on period.starts_on between line.valid_from and line.valid_to

)

select
    assignment.period_id,
    assignment.employee_id,
    assignment.position_id,
    assignment.department_id,
    assignment.active_from,
    assignment.active_to,
    assignment.active_share,
    in_force.kpi_id,
    in_force.goal_id,
    in_force.scope,
    in_force.weight,
    cast(in_force.target * case when in_force.is_sum_like then in_force.months else 1 end as decimal(28, 8)) as target,
    -- a team goes on working while its manager is away
    case
        when not in_force.is_sum_like then null
        when in_force.scope = 'self' and assignment.worked_hours is not null then 'hours'
        else 'days'
    end as prorated_by,
    cast(
        case prorated_by when 'hours' then assignment.worked_hours when 'days' then assignment.active_days end
        as decimal(18, 2)
    ) as prorated_part,
    cast(
        case prorated_by when 'hours' then assignment.standard_hours when 'days' then assignment.period_days end
        as decimal(18, 2)
    ) as prorated_whole,
    -- rounded here, once: the target that the actual is held against
    case
        when prorated_by is null then in_force.target
        else {{ exact_ratio('in_force.target * in_force.months * prorated_part', 'prorated_whole') }}
    end as prorated_target,
    in_force.rule_id,
    in_force.no_data,
    in_force.min_sample,
    in_force.floor,
    in_force.cap,
    in_force.veto_below,
    in_force.veto_grade,
    in_force.better
from {{ being_closed(ref('int_assignment_period')) }} as assignment
inner join in_force
    on
        assignment.period_id = in_force.period_id
        and assignment.position_id = in_force.position_id
