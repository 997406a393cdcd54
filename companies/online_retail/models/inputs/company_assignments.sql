select
    employee_id,
    position_id,
    department_id,
    manager_id,
    1 as fte,
    bonus_base,
    'GBP' as currency,
    valid_from,
    valid_to
from {{ ref('stg_staff__employees') }}
where rejection is null
