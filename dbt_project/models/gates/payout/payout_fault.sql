-- Nobody unknown, nobody twice, nobody forgotten; and the amount is what the rule gives, computed a second way.
with payout as (

    select *
    from {{ being_closed(ref('fct_payout')) }}

),

due as (

    select
        period_id,
        employee_id,
        sum(base_parts * fte * multiplier * active_days / (period_days * month_whole)) as amount
    from {{ ref('int_assignment_payout') }}
    group by period_id, employee_id

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
    || round(due.amount, 2)
    || ', proposed is '
    || coalesce(cast(payout.amount as varchar), 'nothing') as fault
from due
left join payout
    on due.period_id = payout.period_id and due.employee_id = payout.employee_id
where coalesce(abs(payout.amount - due.amount) > 0.0051, true)

union all

select
    payout.period_id,
    payout.employee_id,
    'is in ' || payout.currency || ', the company pays in ' || company.currency as fault
from payout
cross join {{ source('control', 'company') }} as company
where payout.currency is distinct from company.currency
