-- Out of which pool the people of a department are paid: that of the nearest department above with a fund of its own,
-- else that of the company.
with reachable as (

    select
        pool.period_id,
        line.department_id,
        pool.department_id as pool_department_id,
        line.steps
    from {{ ref('int_department_above') }} as line
    inner join {{ source('scheme', 'pool') }} as pool
        on line.above_id = pool.department_id

    union all

    select
        pool.period_id,
        department.department_id,
        null as pool_department_id,
        -- further than any department above
        1000 as steps
    from {{ ref('departments') }} as department
    cross join {{ source('scheme', 'pool') }} as pool
    where pool.department_id is null

)

select
    period_id,
    department_id,
    min_by(coalesce('department ' || pool_department_id, 'company'), steps) as pool_id
from reachable
group by period_id, department_id
