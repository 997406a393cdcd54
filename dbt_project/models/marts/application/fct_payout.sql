select
    due.period_id,
    due.employee_id,
    due.revision,
    due.grade,
    due.bonus_base,
    due.multiplier,
    due.active_share,
    due.fte,
    coalesce(
        {{ from_units('pooled.share', 'due.currency_units') }},
        cast(least(due.amount_due, due.at_most) as decimal(18, 3))
    ) as amount,
    due.currency,
    'proposed' as status,
    due.grade_multiplier,
    due.curve_value,
    due.curve_factor,
    due.amount_due,
    due.at_most,
    pooled.pool_id,
    {{ from_units('pooled.fund', 'due.currency_units') }} as pool_amount
from {{ ref('int_payout_due') }} as due
left join {{ ref('int_pool_share') }} as pooled
    on due.period_id = pooled.period_id and due.employee_id = pooled.employee_id
