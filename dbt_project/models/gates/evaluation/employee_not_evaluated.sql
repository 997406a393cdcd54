select distinct
    assignment.period_id,
    assignment.employee_id
from {{ being_closed(ref('int_assignment_period')) }} as assignment
left join {{ ref('fct_evaluation') }} as evaluation
    on
        assignment.period_id = evaluation.period_id
        and assignment.employee_id = evaluation.employee_id
where evaluation.employee_id is null
