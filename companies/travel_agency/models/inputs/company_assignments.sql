select
    employee_id,
    position_id,
    'line_operations' as department_id,
    manager_id,
    1 as fte,
    bonus_base,
    'CNY' as currency,
    valid_from,
    date '9999-12-31' as valid_to
from {{ ref('stg_hr__staff') }}
where rejection is null
