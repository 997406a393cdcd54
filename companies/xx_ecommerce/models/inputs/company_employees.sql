select
    employee_id,
    name_zh,
    name_en
from {{ ref('stg_hris__employees') }}
where rejection is null
