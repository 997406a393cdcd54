select
    employee.employee_id,
    employee.name_zh,
    employee.name_en,
    assignment.position_id,
    assignment.department_id,
    assignment.manager_id,
    assignment.fte,
    assignment.valid_from,
    assignment.valid_to
from {{ ref('employees') }} as employee
left join {{ ref('assignments') }} as assignment
    on employee.employee_id = assignment.employee_id
