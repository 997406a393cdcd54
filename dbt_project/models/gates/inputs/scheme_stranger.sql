-- What scheme.yaml names and the company does not have: a misspelt position would leave its people out.
-- What is meant is probably what somebody holds and the scheme does not name.
with held as (

    select
        assignment.position_id,
        min(assignment.employee_id) as somebody,
        count(distinct assignment.employee_id) - 1 as others
    from {{ ref('assignments') }} as assignment
    left join {{ source('scheme', 'position_kpi') }} as line
        on assignment.position_id = line.position_id
    where line.position_id is null
    group by assignment.position_id

),

without_kpi as (

    select
        string_agg(
            '; it has no position ' || position_id || ', which ' || somebody
            || case when others > 0 then ' and ' || others || ' more hold' else ' holds' end,
            '' order by position_id
        ) as told
    from held

)

select distinct
    'position' as what,
    line.position_id as named,
    'scheme.yaml names a position that the company does not have' || coalesce(without_kpi.told, '') as finding
from {{ source('scheme', 'position_kpi') }} as line
cross join without_kpi
left join {{ ref('positions') }} as position
    on line.position_id = position.position_id
where position.position_id is null

union all

select distinct
    'department' as what,
    goal.department_id as named,
    'scheme.yaml names a department that the company does not have' as finding
from {{ source('scheme', 'goal') }} as goal
left join {{ ref('departments') }} as department
    on goal.department_id = department.department_id
where goal.department_id is not null and department.department_id is null

union all

select distinct
    'department' as what,
    own_target.department_id as named,
    'scheme.yaml names a department that the company does not have' as finding
from {{ source('scheme', 'own_target') }} as own_target
left join {{ ref('departments') }} as department
    on own_target.department_id = department.department_id
where own_target.department_id is not null and department.department_id is null

union all

select distinct
    'employee' as what,
    own_target.employee_id as named,
    'scheme.yaml names an employee whom the company does not have' as finding
from {{ source('scheme', 'own_target') }} as own_target
left join {{ ref('employees') }} as employee
    on own_target.employee_id = employee.employee_id
where own_target.employee_id is not null and employee.employee_id is null
