-- Held against the target, then given points by the rule. What the points are worth is said in fct_evaluation.
with asked as (

    select
        assigned.* replace (
            case
                when assigned.growth is null then assigned.prorated_target
                -- of nothing, or of a loss, no share can be told
                when year_ago.actual > 0 then {{ exact_part(
                    'year_ago.actual', 'cast((1 + assigned.growth) * 1000000 as hugeint)', '1000000'
                ) }}
            end as prorated_target
        ),
        year_ago.actual as year_ago_actual
    from {{ being_closed(ref('int_assigned_kpi')) }} as assigned
    left join {{ ref('int_year_ago_actual') }} as year_ago
        on
            assigned.period_id = year_ago.period_id
            and assigned.employee_id = year_ago.employee_id
            and assigned.position_id = year_ago.position_id
            and assigned.department_id = year_ago.department_id
            and assigned.active_from = year_ago.active_from
            and assigned.kpi_id = year_ago.kpi_id

),

held as (

    select
        assigned.*,
        rule.kind as rule_kind,
        rule.parameters,
        actuals.actual,
        coalesce(actuals.contributions, 0) as contributions,
        case when assigned.better = 'higher' then actuals.actual else assigned.prorated_target end as dividend,
        case when assigned.better = 'higher' then assigned.prorated_target else actuals.actual end as divisor
    from asked as assigned
    inner join {{ source('scheme', 'rule') }} as rule
        on
            assigned.rule_id = rule.rule_id
            and assigned.measured_on between rule.valid_from and rule.valid_to
    left join {{ ref('int_assigned_kpi_actual') }} as actuals
        on
            assigned.period_id = actuals.period_id
            and assigned.employee_id = actuals.employee_id
            and assigned.position_id = actuals.position_id
            and assigned.department_id = actuals.department_id
            and assigned.active_from = actuals.active_from
            and assigned.kpi_id = actuals.kpi_id

),

attained as (

    select
        * exclude (dividend, divisor),
        {{ exact_ratio('dividend', 'divisor') }} as attainment
    from held

),

rated as (

    select
        *,
        -- an actual of 0 where lower is better has no attainment and counts as the rule's cap, like one beyond what a
        -- rule may ask for; of somebody who was away all the time nothing was asked, whatever came in, nor of who had
        -- nothing to grow from
        case
            when prorated_target is null then null
            when better = 'higher' and prorated_target = 0 then null
            when contributions < min_sample then null
            when actual is not null then least(coalesce(attainment, 1000000000), cast(1000000000 as decimal(28, 8)))
        end as rated_attainment
    from attained

),

-- what just reaching the target is worth does not depend on the person: asked once for each rule with its bounds
bounded_rule as (

    select distinct
        rule.kind as rule_kind,
        rule.parameters,
        line.floor,
        line.cap
    from {{ source('scheme', 'position_kpi') }} as line
    inner join {{ source('scheme', 'rule') }} as rule
        on line.rule_id = rule.rule_id

),

just_reached as (

    select
        *,
        {{ bounded_points('cast(1 as decimal(28, 8))') }} as points_when_reached
    from bounded_rule

),

pointed as (

    select
        *,
        case
            when rated_attainment is not null then {{ bounded_points('rated_attainment') }}
            when no_data = 'zero' then cast(0 as decimal(9, 4))
        end as points
    from rated

)

select
    pointed.period_id,
    pointed.employee_id,
    pointed.position_id,
    pointed.department_id,
    pointed.active_from,
    pointed.active_to,
    pointed.active_share,
    pointed.kpi_id,
    pointed.goal_id,
    pointed.scope,
    scheme.scheme_id,
    pointed.weight,
    coalesce(pointed.target, pointed.prorated_target) as target,
    pointed.line_target,
    pointed.growth,
    pointed.year_ago_actual,
    pointed.prorated_target,
    pointed.prorated_by,
    pointed.prorated_part,
    pointed.prorated_whole,
    pointed.actual,
    pointed.attainment,
    pointed.rule_id,
    pointed.rule_kind,
    pointed.parameters as rule_parameters,
    pointed.points,
    cast(pointed.weight * pointed.points * 10 as decimal(19, 10)) as weighted_score,
    case
        when pointed.rated_attainment is null then 'no_data'
        when pointed.rated_attainment < 1 then 'missed'
        when pointed.points > just_reached.points_when_reached then 'exceeded'
        else 'reached'
    end as status,
    pointed.no_data,
    cast(pointed.contributions as bigint) as contributions,
    pointed.min_sample,
    pointed.floor,
    pointed.cap,
    pointed.veto_below,
    pointed.veto_grade,
    coalesce(pointed.rated_attainment < pointed.veto_below, false) as has_vetoed
from pointed
inner join just_reached
    on
        pointed.rule_kind = just_reached.rule_kind
        and pointed.parameters = just_reached.parameters
        and pointed.floor is not distinct from just_reached.floor
        and pointed.cap is not distinct from just_reached.cap
cross join {{ source('scheme', 'scheme') }} as scheme
