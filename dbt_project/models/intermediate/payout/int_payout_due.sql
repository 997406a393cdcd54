-- What each evaluated employee is due before the most for one person and the pool: base × multiplier × active share ×
-- FTE.
with summed as (

    select
        period_id,
        employee_id,
        currency,
        max(at_most) as at_most,
        sum(base_days) as base_days,
        sum(base_days * {{ in_parts('fte', 6) }}) as full_time_days,
        sum(fte * active_days) as fte_days,
        sum(active_days) as active_days,
        max(period_days) as period_days,
        max(month_whole) as month_whole
    from {{ ref('int_assignment_payout') }}
    group by period_id, employee_id, currency

)

select
    summed.period_id,
    summed.employee_id,
    multiplier.revision,
    multiplier.department_id,
    multiplier.grade,
    multiplier.grade_multiplier,
    multiplier.curve_value,
    multiplier.curve_factor,
    multiplier.multiplier,
    summed.currency,
    scheme.currency_units,
    {{ rounded_money(
        'summed.base_days', 'summed.active_days * summed.month_whole', decimals=9, units='scheme.currency_units'
    ) }} as bonus_base,
    cast({{ exact_ratio('summed.active_days', 'summed.period_days') }} as decimal(18, 8)) as active_share,
    cast({{ exact_ratio('summed.fte_days', 'summed.active_days', scale=6) }} as decimal(9, 6)) as fte,
    summed.at_most,
    -- rounded half up to the smallest unit of the currency here, once
    {{ rounded_money(
        'summed.full_time_days * ' ~ in_parts('multiplier.multiplier', 6), 'summed.period_days * summed.month_whole',
        decimals=21, units='scheme.currency_units'
    ) }} as amount_due
from summed
inner join {{ ref('int_pay_multiplier') }} as multiplier
    on summed.period_id = multiplier.period_id and summed.employee_id = multiplier.employee_id
cross join {{ source('scheme', 'scheme') }} as scheme
