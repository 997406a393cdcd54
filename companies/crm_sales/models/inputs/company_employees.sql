with people as (

    select
        employee_id,
        employee_name
    from {{ ref('stg_crm__sales_teams') }}
    where rejection is null

    union all

    select distinct
        manager_id as employee_id,
        manager_name as employee_name
    from {{ ref('stg_crm__sales_teams') }}
    where rejection is null

)

select
    employee_id,
    employee_name as name_zh,
    employee_name as name_en
from people
