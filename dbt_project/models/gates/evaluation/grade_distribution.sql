select
    evaluation.period_id,
    evaluation.department_id,
    count(*) as evaluated,
    {{ exact_ratio('count(*) filter (where grade.sort_order = 1)', 'count(*)') }} as top_grade_share
from {{ being_closed(ref('fct_evaluation')) }} as evaluation
inner join {{ source('scheme', 'grade') }} as grade
    on evaluation.period_id = grade.period_id and evaluation.grade = grade.grade
where
    evaluation.status = 'evaluated'
group by evaluation.period_id, evaluation.department_id
