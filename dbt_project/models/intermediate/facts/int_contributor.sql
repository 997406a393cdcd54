-- On which days of a period whose contributions count for an employee: the own, and those of the team.
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

)

-- a contributor may belong to a team in two ways at once
{{ merged_intervals('contributor', ['period_id', 'employee_id', 'scope', 'contributor_id']) }}
