with assigned as (

    select distinct
        period_id,
        employee_id,
        kpi_id
    from {{ being_closed(ref('int_measured_kpi')) }}

),

actuals as (

    {{ aggregate(ref('int_employee_contribution'), ['period_id', 'employee_id']) }}

)

select
    assigned.period_id,
    assigned.employee_id,
    assigned.kpi_id,
    actuals.numerator,
    actuals.denominator,
    actuals.actual,
    cast(coalesce(actuals.contributions, 0) as bigint) as contributions
from assigned
left join actuals
    on
        assigned.period_id = actuals.period_id
        and assigned.employee_id = actuals.employee_id
        and assigned.kpi_id = actuals.kpi_id
