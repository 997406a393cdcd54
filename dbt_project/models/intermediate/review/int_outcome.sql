-- What the KPIs of key results come to for each employee, from the own contributions of the whole period: also of those
-- whom they do not measure.
{% set of_key_results %}
(
    select contribution.*
    from {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
    where
        contribution.employee_id is not null
        and contribution.kpi_id in (
            select goal.kpi_id
            from {{ source('scheme', 'goal') }} as goal
            where goal.level = 'key_result'
        )
)
{% endset %}

{{ aggregate(of_key_results, ['period_id', 'employee_id']) }}
