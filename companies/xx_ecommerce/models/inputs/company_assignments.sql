-- A loan cuts an assignment: while it lasts the person works in the department that borrows, all else as before.
with assignment as (

    select
        id,
        employee_id,
        position_id,
        department_id,
        manager_id,
        fte,
        bonus_base,
        currency,
        valid_from,
        valid_to
    from {{ ref('stg_hris__assignments') }}
    where rejection is null

),

loan as (

    select
        assignment.id,
        loan.department_id,
        greatest(loan.valid_from, assignment.valid_from) as valid_from,
        least(loan.valid_to, assignment.valid_to) as valid_to
    from {{ ref('stg_hris__loans') }} as loan
    inner join assignment
        on
            loan.employee_id = assignment.employee_id
            and loan.valid_from <= assignment.valid_to
            and loan.valid_to >= assignment.valid_from
    where loan.rejection is null

),

border as (

    select
        id,
        valid_from
    from assignment

    union

    select
        id,
        valid_from
    from loan

    union

    select
        loan.id,
        loan.valid_to + 1 as valid_from
    from loan
    inner join assignment on loan.id = assignment.id
    where loan.valid_to < assignment.valid_to

),

stretch as (

    select
        id,
        valid_from,
        lead(valid_from) over (partition by id order by valid_from) - 1 as valid_to
    from border

)

select
    assignment.employee_id,
    assignment.position_id,
    coalesce(loan.department_id, assignment.department_id) as department_id,
    assignment.manager_id,
    assignment.fte,
    assignment.bonus_base,
    assignment.currency,
    stretch.valid_from,
    coalesce(stretch.valid_to, assignment.valid_to) as valid_to
from stretch
inner join assignment
    on stretch.id = assignment.id
left join loan
    on stretch.id = loan.id and stretch.valid_from between loan.valid_from and loan.valid_to
