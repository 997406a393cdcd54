-- For which positions and departments an employee's contributions count: one row an employee and stretch of days on
-- which these do not change. Somebody with two assignments at once stands in both, in each of them once.
with border as (

    select
        employee_id,
        valid_from as begins_on
    from {{ ref('assignments') }}

    union

    select
        employee_id,
        valid_to + 1 as begins_on
    from {{ ref('assignments') }}

),

stretch as (

    select
        employee_id,
        begins_on,
        lead(begins_on) over (partition by employee_id order by begins_on) - 1 as ends_on
    from border

),

placed as (

    select
        stretch.employee_id,
        stretch.begins_on,
        stretch.ends_on,
        unnest([
            struct_pack(level := 'position', member_id := assignment.position_id),
            struct_pack(level := 'department', member_id := assignment.department_id)
        ]) as member
    from stretch
    inner join {{ ref('assignments') }} as assignment
        on
            stretch.employee_id = assignment.employee_id
            and stretch.begins_on between assignment.valid_from and assignment.valid_to

)

select
    employee_id,
    begins_on,
    ends_on,
    list(distinct member order by member) as members
from placed
group by employee_id, begins_on, ends_on
