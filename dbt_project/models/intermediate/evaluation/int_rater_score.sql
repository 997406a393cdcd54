-- What one rater says of an employee: the mean of the competencies, by their weights.
select
    period_id,
    employee_id,
    relation,
    rater_id,
    {{ exact_ratio('sum(competency_weight * answer)', 'sum(competency_weight)') }} as score
from {{ being_closed(ref('int_adjusted_answer')) }}
group by period_id, employee_id, relation, rater_id
