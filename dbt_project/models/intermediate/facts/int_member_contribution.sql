-- Each contribution once for the company, and once for the position and the department of the employee on that day.
-- What belongs to nobody, or to somebody without an assignment on that day, counts for `nobody` beside the company.
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
    left join {{ ref('int_assignment_period') }} as assignment
        on
            contribution.period_id = assignment.period_id
            and contribution.employee_id = assignment.employee_id
            and contribution.occurred_on between assignment.active_from and assignment.active_to

)

{% for level, member in [
    ('position', 'position_id'), ('department', 'department_id'), ('nobody', "case when position_id is null then 'nobody' end")
] %}
-- distinct, because somebody with two assignments at once would count twice
select distinct
    period_id,
    '{{ level }}' as level,
    {{ member }} as member_id,
    kpi_id,
    employee_id,
    source_system,
    source_table,
    source_key,
    unit_id,
    numerator,
    denominator,
    credit
from placed
where {{ member }} is not null
union all
{% endfor %}
select
    contribution.period_id,
    'company' as level,
    company.company_id as member_id,
    contribution.kpi_id,
    contribution.employee_id,
    contribution.source_system,
    contribution.source_table,
    contribution.source_key,
    contribution.unit_id,
    contribution.numerator,
    contribution.denominator,
    contribution.credit
from {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
cross join {{ source('control', 'company') }} as company
