-- The contributions that count for an assignment's KPI: the employee's own, or the team's, while it was active.
with contributor as (

    select
        period_id,
        employee_id,
        'self' as scope,
        employee_id as contributor_id,
        active_from,
        active_to
    from {{ being_closed(ref('int_assignment_period')) }}

    union all

    select
        period_id,
        manager_id as employee_id,
        'team' as scope,
        employee_id as contributor_id,
        active_from,
        active_to
    from {{ being_closed(ref('int_team_member')) }}

),

-- a contributor may belong to a team in two ways at once
contributors as (

    {{ merged_intervals('contributor', ['period_id', 'employee_id', 'scope', 'contributor_id']) }}

)

select
    assigned.period_id,
    assigned.employee_id,
    assigned.position_id,
    assigned.department_id,
    assigned.active_from,
    contribution.kpi_id,
    contribution.employee_id as contributor_id,
    contribution.unit_id,
    contribution.numerator,
    contribution.denominator,
    contribution.credit,
    contribution.source_system,
    contribution.source_table,
    contribution.source_key
from {{ being_closed(ref('int_measured_kpi')) }} as assigned
inner join contributors
    on
        assigned.period_id = contributors.period_id
        and assigned.employee_id = contributors.employee_id
        and assigned.scope = contributors.scope
inner join {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
    on
        assigned.period_id = contribution.period_id
        and assigned.kpi_id = contribution.kpi_id
        and contributors.contributor_id = contribution.employee_id
        and contribution.occurred_on between assigned.active_from and assigned.active_to
        and contribution.occurred_on between contributors.active_from and contributors.active_to
