-- Nobody unknown, nobody twice, nobody forgotten; and the amount is what the rule gives, computed a second way.
with payout as (

    select *
    from {{ being_closed(ref('fct_payout')) }}

),

due as (

    select
        assignment.period_id,
        assignment.employee_id,
        sum(
            assignment.base_parts * assignment.fte * assignment.active_days * multiplier.multiplier
            / (assignment.period_days * assignment.month_whole)
        ) as amount
    from {{ ref('int_assignment_payout') }} as assignment
    inner join {{ ref('int_pay_multiplier') }} as multiplier
        on assignment.period_id = multiplier.period_id and assignment.employee_id = multiplier.employee_id
    group by assignment.period_id, assignment.employee_id

)

select
    payout.period_id,
    payout.employee_id,
    'is no employee' as fault
from payout
left join {{ ref('employees') }} as employee
    on payout.employee_id = employee.employee_id
where employee.employee_id is null

union all

select
    period_id,
    employee_id,
    'stands ' || count(*) || ' times' as fault
from payout
group by period_id, employee_id
having count(*) > 1

union all

select
    due.period_id,
    due.employee_id,
    'is due '
    || round(due.amount, 3)
    || ', written down is '
    || coalesce(cast(payout.amount_due as varchar), 'nothing') as fault
from due
cross join {{ source('scheme', 'scheme') }} as scheme
left join payout
    on due.period_id = payout.period_id and due.employee_id = payout.employee_id
where coalesce(abs(payout.amount_due - due.amount) > 0.5001 / scheme.currency_units, true)

union all

select
    period_id,
    employee_id,
    'is due ' || amount_due || ', at most ' || coalesce(at_most, amount_due) || ', proposed is ' || amount as fault
from payout
where pool_id is null and amount is distinct from least(amount_due, coalesce(at_most, amount_due))

union all

select
    period_id,
    employee_id,
    'gets ' || amount || ', at most ' || at_most || ' is for one person' as fault
from payout
where pool_id is not null and amount > at_most

union all

select
    payout.period_id,
    payout.employee_id,
    amount || ' ' || payout.currency || ' is finer than the smallest unit of the currency' as fault
from payout
cross join {{ source('scheme', 'scheme') }} as scheme
where payout.amount * scheme.currency_units % 1 <> 0

union all

select
    payout.period_id,
    payout.employee_id,
    'is in ' || payout.currency || ', the company pays in ' || company.currency as fault
from payout
cross join {{ source('control', 'company') }} as company
where payout.currency is distinct from company.currency
