-- sales_teams.csv has no dates: everybody stands in today's team from the first day that is assessed.
with people as (

    select
        employee_id,
        'sales_agent' as position_id,
        department_id,
        manager_id
    from {{ ref('stg_crm__sales_teams') }}
    where rejection is null

    union all

    select distinct
        manager_id as employee_id,
        'sales_manager' as position_id,
        department_id,
        cast(null as varchar) as manager_id
    from {{ ref('stg_crm__sales_teams') }}
    where rejection is null

)

select
    people.employee_id,
    people.position_id,
    people.department_id,
    people.manager_id,
    1 as fte,
    pay.bonus_base,
    'USD' as currency,
    date '2017-03-01' as valid_from,
    date '9999-12-31' as valid_to
from people
left join {{ ref('stg_payroll__bonus_bases') }} as pay
    on people.position_id = pay.position_id and pay.rejection is null
