-- What each assignment of an evaluated employee brings in: base × months × share of the cycle × FTE × days. The months
-- are parts of a whole, so that those of a week stay exact.
select
    assignment.period_id,
    assignment.employee_id,
    assignment.position_id,
    assignment.department_id,
    assignment.active_from,
    evaluation.revision,
    assignment.active_days,
    assignment.period_days,
    assignment.bonus_base,
    assignment.month_parts,
    assignment.month_whole,
    cycle.share as paid_share,
    assignment.fte,
    assignment.currency,
    -- exact: no rounding before the one in int_payout_due
    cast(assignment.bonus_base as decimal(38, 3)) * assignment.month_parts * cycle.share as base_parts,
    -- the same as a whole number, in units of 0.000000001, times the days
    {{ in_parts('assignment.bonus_base', 3) }} * assignment.month_parts * {{ in_parts('cycle.share', 6) }}
    * assignment.active_days as base_days,
    cycle.at_most
from {{ being_closed(ref('int_assignment_period')) }} as assignment
inner join {{ ref('fct_evaluation') }} as evaluation
    on
        assignment.period_id = evaluation.period_id
        and assignment.employee_id = evaluation.employee_id
        and evaluation.status = 'evaluated'
inner join {{ source('scheme', 'bonus_cycle') }} as cycle
    on assignment.period_id = cycle.period_id and assignment.cycle = cycle.cycle
