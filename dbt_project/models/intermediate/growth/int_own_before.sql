-- What the same employee reached in the months before the period.
{% set before %}
(
    select contribution.*
    from {{ ref('int_strength_contribution') }} as contribution
    where contribution.is_before
)
{% endset %}

{{ aggregate(before, ['period_id', 'employee_id']) }}
