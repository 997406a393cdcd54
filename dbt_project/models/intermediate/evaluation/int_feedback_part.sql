-- One 360° score an employee: the relations that may be shown, weighted; rounded once, to 4 decimals.
select
    period_id,
    employee_id,
    cast({{ exact_ratio('sum(weight * score)', 'sum(weight)', scale=4) }} as decimal(9, 4)) as feedback_score
from {{ being_closed(ref('fct_feedback_score')) }}
where shown
group by period_id, employee_id
