{#-
    For each KPI of an assignment (the columns of `assigned`: keys, kpi_id, scope, active_from, active_to) whose
    contributions count on which days: the employee's own while it was active, or the team's.
-#}
{% macro counted_days(assigned) -%}
    select
        assigned.period_id,
        assigned.employee_id,
        assigned.position_id,
        assigned.department_id,
        assigned.active_from,
        assigned.kpi_id,
        contributors.contributor_id,
        greatest(assigned.active_from, contributors.active_from) as counts_from,
        least(assigned.active_to, contributors.active_to) as counts_to
    from {{ assigned }} as assigned
    inner join {{ ref('int_contributor') }} as contributors
        on
            assigned.period_id = contributors.period_id
            and assigned.employee_id = contributors.employee_id
            and assigned.scope = contributors.scope
            and assigned.active_from <= contributors.active_to
            and assigned.active_to >= contributors.active_from
{%- endmacro %}
