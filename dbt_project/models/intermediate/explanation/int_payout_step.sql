-- What each assignment brings in, and the payout that they come to.
with factors as (

    select
        *,
        {{ as_number('bonus_base') }} as base,
        case
            when month_parts = month_whole then ''
            else ' × ' || {{ as_number('month_parts') }}
        end || case when month_whole = 1 then '' else ' ÷ ' || {{ as_number('month_whole') }} end as months,
        case when fte = 1 then '' else ' × ' || {{ as_number('fte') }} || ' FTE' end as full_time,
        case
            when active_days = period_days then ''
            else ' × ' || {{ as_number('active_days') }} || ' ÷ ' || {{ as_number('period_days') }}
        end as days,
        {{ in_percent('paid_share') }}
    from {{ ref('int_assignment_payout') }}

),

terms as (

    select
        period_id,
        employee_id,
        string_agg(
            base || months || case when months = '' then '' else ' 个月' end
            || case when paid_share = 1 then '' else ' × 发放比例 ' || paid_share_zh end
            || full_time || days || case when days = '' then '' else ' 天' end,
            ' + ' order by active_from, position_id, department_id
        ) as bases_zh,
        string_agg(
            base || months
            || case when months = '' then '' when month_whole = 1 then ' months' else ' of a month' end
            || case when paid_share = 1 then '' else ' × paid share ' || paid_share_en end
            || full_time || days || case when days = '' then '' else ' days' end,
            ' + ' order by active_from, position_id, department_id
        ) as bases_en,
        count(*) as assignments
    from factors
    group by period_id, employee_id

),

worded as (

    select
        payout.period_id,
        payout.employee_id,
        payout.amount as value,
        payout.currency,
        grade.name_zh as grade_zh,
        grade.name_en as grade_en,
        case when terms.assignments = 1 then terms.bases_zh else '(' || terms.bases_zh || ')' end as bases_zh,
        case when terms.assignments = 1 then terms.bases_en else '(' || terms.bases_en || ')' end as bases_en,
        {{ as_number('payout.multiplier') }} as multiplier,
        {{ as_number('payout.amount') }} as amount
    from {{ being_closed(ref('fct_payout')) }} as payout
    inner join terms
        on payout.period_id = terms.period_id and payout.employee_id = terms.employee_id
    inner join {{ source('scheme', 'grade') }} as grade
        on payout.period_id = grade.period_id and payout.grade = grade.grade

)

select
    period_id,
    employee_id,
    'payout' as kind,
    {{ sentences([(
        'true',
        '拟发奖金：月度基数 {bases_zh} × {grade_zh}系数 {multiplier} = {amount} {currency}',
        'proposed payout: base of a month {bases_en} × {multiplier} for {grade_en} = {amount} {currency}'
    )]) }},
    cast(value as decimal(38, 12)) as value
from worded
