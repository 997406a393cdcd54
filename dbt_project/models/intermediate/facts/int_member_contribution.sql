-- Each contribution once for the position, the department and the company of the employee on that day.
with placed as (

    select
        contribution.period_id,
        contribution.kpi_id,
        contribution.employee_id,
        contribution.source_system,
        contribution.source_table,
        contribution.source_key,
        contribution.unit_id,
        contribution.numerator,
        contribution.denominator,
        contribution.credit,
        assignment.position_id,
        assignment.department_id
    from {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
    inner join {{ ref('int_assignment_period') }} as assignment
        on
            contribution.period_id = assignment.period_id
            and contribution.employee_id = assignment.employee_id
            and contribution.occurred_on between assignment.active_from and assignment.active_to

)

{% for level, member in [
    ('position', 'position_id'), ('department', 'department_id'), ('company', 'company.company_id')
] %}
-- distinct, because somebody with two assignments at once would count twice
select distinct
    placed.period_id,
    '{{ level }}' as level,
    {{ member }} as member_id,
    placed.kpi_id,
    placed.employee_id,
    placed.source_system,
    placed.source_table,
    placed.source_key,
    placed.unit_id,
    placed.numerator,
    placed.denominator,
    placed.credit
from placed
{% if level == 'company' %}
cross join {{ source('control', 'company') }} as company
{% endif %}
{% if not loop.last %}union all{% endif %}
{% endfor %}
