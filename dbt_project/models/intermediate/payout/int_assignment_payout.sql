-- What each assignment of an evaluated employee earns:
-- base × months × share of the cycle × multiplier × active share × FTE. The months are parts of a whole, so that those
-- of a week stay exact.
select
    assignment.period_id,
    assignment.employee_id,
    assignment.position_id,
    assignment.department_id,
    assignment.active_from,
    evaluation.revision,
    evaluation.grade,
    grade.multiplier,
    assignment.active_days,
    assignment.period_days,
    assignment.bonus_base,
    assignment.month_parts,
    assignment.month_whole,
    cycle.share as paid_share,
    assignment.fte,
    assignment.currency,
    -- exact: no rounding before the sum in fct_payout
    cast(assignment.bonus_base as decimal(38, 2)) * assignment.month_parts * cycle.share as base_parts,
    cast(assignment.bonus_base as decimal(38, 2)) * assignment.month_parts * cycle.share * grade.multiplier
    * assignment.fte * assignment.active_days as amount_days
from {{ being_closed(ref('int_assignment_period')) }} as assignment
inner join {{ ref('fct_evaluation') }} as evaluation
    on
        assignment.period_id = evaluation.period_id
        and assignment.employee_id = evaluation.employee_id
        and evaluation.status = 'evaluated'
inner join {{ source('scheme', 'grade') }} as grade
    on evaluation.period_id = grade.period_id and evaluation.grade = grade.grade
inner join {{ source('scheme', 'bonus_cycle') }} as cycle
    on assignment.period_id = cycle.period_id and assignment.cycle = cycle.cycle
