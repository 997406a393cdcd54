-- Ranks follow the scores: who has more stands before, equals stand together, and somebody is first.
select
    evaluation.period_id,
    evaluation.employee_id,
    evaluation.rank_in_department,
    1 + count(distinct better.final_score) as rank_expected
from {{ being_closed(ref('fct_evaluation')) }} as evaluation
left join {{ ref('fct_evaluation') }} as better
    on
        evaluation.period_id = better.period_id
        and evaluation.department_id = better.department_id
        and evaluation.final_score < better.final_score
where
    evaluation.status = 'evaluated'
group by evaluation.period_id, evaluation.employee_id, evaluation.rank_in_department
having evaluation.rank_in_department <> 1 + count(distinct better.final_score)
