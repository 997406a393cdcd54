select distinct
    department_id,
    case department_id
        when 'central' then '中部办事处' when 'east' then '东部办事处' when 'west' then '西部办事处'
        else department_name
    end as name_zh,
    department_name as name_en,
    cast(null as varchar) as parent_department_id
from {{ ref('stg_crm__sales_teams') }}
where rejection is null
