-- A pool that is not paid out as the scheme says: to the last unit, but never more than there is, nor than one may get.
with paid as (

    select
        period_id,
        pool_id,
        sum(amount) as amount,
        max(pool_amount) as pool_amount,
        -- what all would get if there were enough for everybody
        sum(least(amount_due, coalesce(at_most, amount_due))) as bounded_due,
        -- what those could get who get anything; null where nothing bounds it
        case when count(*) filter (where at_most is null) = 0 then sum(at_most) filter (where amount_due > 0) end
            as most,
        sum(amount_due) as amount_due
    from {{ being_closed(ref('fct_payout')) }}
    where pool_id is not null
    group by period_id, pool_id

),

expected as (

    select
        paid.*,
        case
            when pool.scale = 'down' then least(paid.pool_amount, paid.bounded_due)
            when paid.amount_due = 0 then 0
            else least(paid.pool_amount, coalesce(paid.most, paid.pool_amount))
        end as expected
    from paid
    inner join {{ ref('int_pool') }} as pool
        on paid.period_id = pool.period_id and paid.pool_id = pool.pool_id

)

select
    period_id,
    pool_id,
    'pays ' || amount || ', holds ' || pool_amount || ', is to pay ' || expected as fault
from expected
where amount is distinct from expected

union all

select
    pool.period_id,
    pool.pool_id,
    'is for a department that the company does not have' as fault
from {{ ref('int_pool') }} as pool
left join {{ ref('departments') }} as department
    on pool.department_id = department.department_id
where pool.department_id is not null and department.department_id is null
