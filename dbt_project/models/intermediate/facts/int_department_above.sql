-- Each department with itself and those above it, and how many steps above.
with recursive line (department_id, above_id, steps) as (

    select
        department_id,
        department_id as above_id,
        0 as steps
    from {{ ref('departments') }}

    union all

    select
        line.department_id,
        department.parent_department_id as above_id,
        line.steps + 1 as steps
    from line
    inner join {{ ref('departments') }} as department
        on line.above_id = department.department_id
    -- a hundred levels: departments that belong to each other would never end
    where department.parent_department_id is not null and line.steps < 100

)

select
    department_id,
    above_id,
    steps
from line
