-- The contributions that count for an assignment's KPI: the employee's own, or the team's, while it was active.
with own as (

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
    from {{ ref('int_assigned_kpi') }} as assigned
    inner join {{ ref('fct_kpi_contribution') }} as contribution
        on
            assigned.period_id = contribution.period_id
            and assigned.kpi_id = contribution.kpi_id
            and assigned.employee_id = contribution.employee_id
            and contribution.occurred_on between assigned.active_from and assigned.active_to
    where assigned.scope = 'self'

),

team as (

    select distinct
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
    from {{ ref('int_assigned_kpi') }} as assigned
    inner join {{ ref('int_team_member') }} as member
        on assigned.period_id = member.period_id and assigned.employee_id = member.manager_id
    inner join {{ ref('fct_kpi_contribution') }} as contribution
        on
            assigned.period_id = contribution.period_id
            and assigned.kpi_id = contribution.kpi_id
            and member.employee_id = contribution.employee_id
            and contribution.occurred_on between assigned.active_from and assigned.active_to
            and contribution.occurred_on between member.active_from and member.active_to
    where assigned.scope = 'team'

)

select * from own
union all
select * from team
