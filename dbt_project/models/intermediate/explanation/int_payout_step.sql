-- What each assignment brings in, what is due for them, and the payout after the most for one person and the pool.
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
        payout.amount,
        payout.amount_due,
        payout.at_most,
        payout.currency,
        pooled.pool_id,
        pooled.is_scaled,
        pooled.is_at_the_most,
        payout.amount < payout.amount_due as is_bounded,
        case when terms.assignments = 1 then terms.bases_zh else '(' || terms.bases_zh || ')' end as bases_zh,
        case when terms.assignments = 1 then terms.bases_en else '(' || terms.bases_en || ')' end as bases_en,
        {{ as_number('payout.multiplier') }} as multiplier,
        case when payout.curve_factor is null then grade.name_zh else '' end as whose_zh,
        case when payout.curve_factor is null then ' for ' || grade.name_en else '' end as whose_en,
        {{ as_number('payout.amount_due') }} as due,
        {{ as_number('payout.at_most') }} as most,
        {{ as_number('payout.amount') }} as paid,
        {{ as_number('payout.pool_amount') }} as fund,
        {{ as_computed_number(from_units('pooled.due_together', 'scheme.currency_units')) }} as together,
        case
            when pooled.at_the_most = 0 then {{ as_number('payout.pool_amount') }}
            else
                '(' || {{ as_number('payout.pool_amount') }} || ' - ' || pooled.at_the_most || ' × '
                || {{ as_number('payout.at_most') }} || ')'
        end as left_over,
        {{ as_computed_number(from_units('pooled.due_of_the_rest', 'scheme.currency_units')) }} as rest,
        {{ as_computed_number(exact_part('payout.amount_due', 'pooled.left_over', 'pooled.due_of_the_rest')) }} as part,
        coalesce(department.name_zh || '奖金池', '公司奖金池') as pool_zh,
        coalesce('pool of ' || department.name_en, 'pool of the company') as pool_en
    from {{ being_closed(ref('fct_payout')) }} as payout
    inner join terms
        on payout.period_id = terms.period_id and payout.employee_id = terms.employee_id
    inner join {{ source('scheme', 'grade') }} as grade
        on payout.period_id = grade.period_id and payout.grade = grade.grade
    cross join {{ source('scheme', 'scheme') }} as scheme
    left join {{ ref('int_pool_share') }} as pooled
        on payout.period_id = pooled.period_id and payout.employee_id = pooled.employee_id
    left join {{ ref('int_pool') }} as pool
        on payout.period_id = pool.period_id and payout.pool_id = pool.pool_id
    left join {{ ref('departments') }} as department
        on pool.department_id = department.department_id

)

select
    period_id,
    employee_id,
    case when pool_id is null and amount = amount_due then 'payout' else 'due' end as kind,
    {{ sentences([
        (
            'pool_id is null and amount = amount_due',
            '拟发奖金：月度基数 {bases_zh} × {whose_zh}系数 {multiplier} = {due} {currency}',
            'proposed payout: base of a month {bases_en} × {multiplier}{whose_en} = {due} {currency}'
        ),
        (
            'true',
            '应得奖金：月度基数 {bases_zh} × {whose_zh}系数 {multiplier} = {due} {currency}',
            'due: base of a month {bases_en} × {multiplier}{whose_en} = {due} {currency}'
        )
    ]) }},
    cast(amount_due as decimal(38, 12)) as value
from worded

union all

select
    period_id,
    employee_id,
    'payout' as kind,
    {{ sentences([
        (
            'pool_id is null',
            '拟发奖金：每人至多 {most} {currency}',
            'proposed payout: at most for one person {most} {currency}'
        ),
        (
            'not is_scaled and is_bounded',
            '拟发奖金：{pool_zh} {fund} 够发 {together}；每人至多 {most} {currency}',
            'proposed payout: the {pool_en}, {fund}, is enough for {together}; at most for one person {most} {currency}'
        ),
        (
            'not is_scaled',
            '拟发奖金：{pool_zh} {fund} 够发 {together}，不作调整：{paid} {currency}',
            'proposed payout: the {pool_en}, {fund}, is enough for {together}, nothing is scaled: {paid} {currency}'
        ),
        (
            'amount_due = 0',
            '拟发奖金：{pool_zh} {fund}，应得 0：{paid} {currency}',
            'proposed payout: the {pool_en}, {fund}, nothing is due: {paid} {currency}'
        ),
        (
            'is_at_the_most',
            '拟发奖金：{pool_zh} {fund}，应得合计 {together}；每人至多 {most} {currency}',
            'proposed payout: the {pool_en}, {fund}, for {together} due; at most for one person {most} {currency}'
        ),
        (
            'true',
            '拟发奖金：{pool_zh} {fund}，应得合计 {together}；{due} × {left_over} ÷ {rest} = {part}，余数分完为 {paid} {currency}',
            'proposed payout: the {pool_en}, {fund}, for {together} due; {due} × {left_over} ÷ {rest} = {part}, rounded so that all sum to the pool: {paid} {currency}'
        )
    ]) }},
    cast(amount as decimal(38, 12)) as value
from worded
where pool_id is not null or amount < amount_due
