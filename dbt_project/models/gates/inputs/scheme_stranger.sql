-- What scheme.yaml names and the company does not have: a misspelt position would leave its people out.
select distinct
    'position' as what,
    line.position_id as named
from {{ source('scheme', 'position_kpi') }} as line
left join {{ ref('positions') }} as position
    on line.position_id = position.position_id
where position.position_id is null

union all

select distinct
    'department' as what,
    goal.department_id as named
from {{ source('scheme', 'goal') }} as goal
left join {{ ref('departments') }} as department
    on goal.department_id = department.department_id
where goal.department_id is not null and department.department_id is null

union all

select distinct
    'department' as what,
    own_target.department_id as named
from {{ source('scheme', 'own_target') }} as own_target
left join {{ ref('departments') }} as department
    on own_target.department_id = department.department_id
where own_target.department_id is not null and department.department_id is null

union all

select distinct
    'employee' as what,
    own_target.employee_id as named
from {{ source('scheme', 'own_target') }} as own_target
left join {{ ref('employees') }} as employee
    on own_target.employee_id = employee.employee_id
where own_target.employee_id is not null and employee.employee_id is null
