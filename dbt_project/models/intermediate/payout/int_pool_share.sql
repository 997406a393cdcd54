-- What each employee gets out of a pool, in the smallest units of the currency: the due amounts in proportion, nobody
-- more than the most for one person, and the units that are left by largest remainder, of equal ones to the first
-- employee id. So the shares sum to the pool exactly, unless everybody has the most that one may get.
with member as (

    select
        due.period_id,
        due.employee_id,
        pool.pool_id,
        pool.scale,
        {{ to_units('pool.amount', 'pool.currency_units') }} as fund,
        {{ to_units('due.amount_due', 'due.currency_units') }} as due,
        {{ to_units('due.at_most', 'due.currency_units') }} as at_most
    from {{ ref('int_payout_due') }} as due
    inner join {{ ref('int_pool_department') }} as department
        on due.period_id = department.period_id and due.department_id = department.department_id
    inner join {{ ref('int_pool') }} as pool
        on department.period_id = pool.period_id and department.pool_id = pool.pool_id

),

ordered as (

    select
        *,
        sum(due) over (partition by period_id, pool_id) as due_together,
        sum(least(due, at_most)) over (partition by period_id, pool_id) as bounded_together,
        row_number() over (partition by period_id, pool_id order by due desc, employee_id asc) - 1 as ahead,
        sum(due) over (
            partition by period_id, pool_id
            order by due desc, employee_id asc
            rows between current row and unbounded following
        ) as rest
    from member

),

-- Who is due the most comes to at_most first. As long as the next one's part of what is left is more than that, this
-- one does too; `at_the_most` is how many do. Null: everybody.
bounded as (

    select
        *,
        min(case when at_most is null or (fund - ahead * at_most) * due <= at_most * rest then ahead end)
            over (partition by period_id, pool_id) as at_the_most
    from ordered

),

parted as (

    select
        *,
        scale = 'up_and_down' or bounded_together > fund as is_scaled,
        fund - at_the_most * coalesce(at_most, 0) as left_over,
        max(case when ahead = at_the_most then rest end) over (partition by period_id, pool_id) as due_of_the_rest
    from bounded

),

floored as (

    select
        *,
        left_over * due // nullif(due_of_the_rest, 0) as whole_units,
        left_over * due % nullif(due_of_the_rest, 0) as remainder
    from parted

),

ranked as (

    select
        *,
        left_over - sum(case when ahead >= at_the_most then whole_units end) over (partition by period_id, pool_id)
            as units_left,
        row_number() over (
            partition by period_id, pool_id, coalesce(ahead >= at_the_most, false)
            order by remainder desc nulls last, employee_id asc
        ) as place
    from floored

)

select
    period_id,
    employee_id,
    pool_id,
    fund,
    due_together,
    is_scaled,
    at_the_most,
    left_over,
    due_of_the_rest,
    -- who has the most for one person has no part of the rest
    is_scaled and due > 0 and coalesce(ahead < at_the_most, true) as is_at_the_most,
    case
        when not is_scaled then least(due, at_most)
        when due = 0 then 0
        when coalesce(ahead < at_the_most, true) then at_most
        else whole_units + case when place <= units_left then 1 else 0 end
    end as share
from ranked
