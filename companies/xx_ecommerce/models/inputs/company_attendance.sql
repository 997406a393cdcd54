select
    employee_id,
    worked_on,
    standard_hours,
    worked_hours
from {{ ref('stg_hris__attendance') }}
where rejection is null
