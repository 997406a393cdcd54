select
    evaluation.period_id,
    evaluation.employee_id,
    evaluation.grade
from {{ being_closed(ref('fct_evaluation')) }} as evaluation
left join {{ source('scheme', 'grade') }} as grade
    on evaluation.period_id = grade.period_id and evaluation.grade = grade.grade
where
    evaluation.status = 'evaluated'
    and grade.grade is null
