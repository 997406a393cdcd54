with summed as (

    select
        period_id,
        employee_id,
        revision,
        grade,
        multiplier,
        currency,
        sum(base_parts * active_days) as base_days,
        sum(fte * active_days) as fte_days,
        sum(active_days) as active_days,
        max(period_days) as period_days,
        max(month_whole) as month_whole,
        sum(amount_days) as amount_days
    from {{ ref('int_assignment_payout') }}
    group by period_id, employee_id, revision, grade, multiplier, currency

)

select
    period_id,
    employee_id,
    revision,
    grade,
    cast({{ exact_ratio('base_days', 'active_days * month_whole', scale=2) }} as decimal(18, 2)) as bonus_base,
    multiplier,
    cast({{ exact_ratio('active_days', 'period_days') }} as decimal(18, 8)) as active_share,
    cast({{ exact_ratio('fte_days', 'active_days', scale=6) }} as decimal(9, 6)) as fte,
    -- rounded half up to the cent here, once
    cast({{ exact_ratio('amount_days', 'period_days * month_whole', scale=2) }} as decimal(18, 2)) as amount,
    currency,
    'proposed' as status
from summed
