select
    department_id,
    name_zh,
    name_en,
    parent_department_id
from {{ ref('stg_hris__departments') }}
where rejection is null
