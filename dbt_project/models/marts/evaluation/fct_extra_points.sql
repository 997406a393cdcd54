-- Points outside the weights: for each whole `per` of the employee's actual so many, bounded up and down.
with counted as (

    select
        entitled.*,
        actuals.actual,
        cast(
            {{ whole_number('greatest(coalesce(actuals.actual, 0), 0)') }}
            // {{ whole_number('entitled.per') }} as decimal(38, 0)
        ) as times
    from {{ ref('int_extra_entitlement') }} as entitled
    left join {{ being_closed(ref('fct_kpi_actual')) }} as actuals
        on
            entitled.period_id = actuals.period_id
            and entitled.employee_id = actuals.employee_id
            and entitled.kpi_id = actuals.kpi_id

)

select
    period_id,
    employee_id,
    extra_id,
    name_zh,
    name_en,
    kpi_id,
    actual,
    per,
    points_each,
    at_most,
    times,
    cast(
        -- at_most bounds the points long before so many times
        greatest(-at_most, least(at_most, points_each * cast(least(times, 100000000) as decimal(19, 0))))
        as decimal(9, 4)
    ) as points
from counted
