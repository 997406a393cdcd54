-- What an employee who has a goal for the day has made of it, from the own contributions of that day (R20).
{% set of_goals %}
(
    select contribution.*
    from {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
    inner join {{ source('control', 'period') }} as period
        on contribution.period_id = period.period_id
    where
        period.rewards_from is not null
        and contribution.employee_id is not null
        and contribution.kpi_id in (select daily_goal.kpi_id from {{ source('scheme', 'daily_goal') }} as daily_goal)
)
{% endset %}

with actual as (

    {{ aggregate(of_goals, ['period_id', 'occurred_on', 'employee_id']) }}

),

asked as (

    select
        actual.period_id,
        actual.occurred_on,
        actual.employee_id,
        actual.kpi_id,
        actual.actual,
        kpi.better,
        kpi.unit,
        kpi.unit_zh,
        kpi.name_zh as kpi_zh,
        kpi.name_en as kpi_en,
        -- of two positions on one day what asks more
        max(case kpi.better when 'higher' then daily_goal.target else -daily_goal.target end) as asked
    from actual
    inner join {{ source('scheme', 'kpi') }} as kpi
        on actual.kpi_id = kpi.kpi_id
    inner join {{ ref('assignments') }} as assignment
        on
            actual.employee_id = assignment.employee_id
            and actual.occurred_on between assignment.valid_from and assignment.valid_to
    inner join {{ source('scheme', 'daily_goal') }} as daily_goal
        on
            assignment.position_id = daily_goal.position_id
            and actual.kpi_id = daily_goal.kpi_id
            and actual.occurred_on between daily_goal.valid_from and daily_goal.valid_to
    where actual.actual is not null
    group by
        actual.period_id,
        actual.occurred_on,
        actual.employee_id,
        actual.kpi_id,
        actual.actual,
        kpi.better,
        kpi.unit,
        kpi.unit_zh,
        kpi.name_zh,
        kpi.name_en

),

judged as (

    select
        asked.*,
        abs(asked.asked) as target,
        coalesce(employee.name_zh, asked.employee_id) as employee_zh,
        coalesce(employee.name_en, asked.employee_id) as employee_en,
        cast(asked.occurred_on as varchar) as day,
        case asked.better when 'higher' then asked.actual else -asked.actual end >= asked.asked as is_reached,
        {{ exact_ratio('asked.actual', 'abs(asked.asked)', 4) }} as share
    from asked
    inner join {{ ref('employees') }} as employee
        on asked.employee_id = employee.employee_id

),

in_units as (

    select
        *,
        {{ in_its_unit('actual') }},
        {{ in_its_unit('target') }},
        {{ in_percent('share') }}
    from judged

),

worded as (

    select
        *,
        {{ sentences([
            (
                'is_reached',
                '恭喜{employee_zh}，{day} 达成今日目标：{kpi_zh} {actual_zh}（目标 {target_zh}）！',
                'Congratulations, {employee_en}: the goal of {day} is reached: {kpi_en} {actual_en} (goal {target_en})!',
            ),
            (
                "better = 'higher'",
                '{employee_zh}，{day} {kpi_zh} {actual_zh}，今日目标 {target_zh}，完成 {share_zh}。',
                '{employee_en}, {day}: {kpi_en} {actual_en}, {share_en} of the goal of the day ({target_en}).',
            ),
            (
                'true',
                '{employee_zh}，{day} {kpi_zh} {actual_zh}，今日目标为不超过 {target_zh}。',
                '{employee_en}, {day}: {kpi_en} {actual_en}; the goal of the day is {target_en} at most.',
            ),
        ]) }}
    from in_units

)

select
    period_id,
    occurred_on,
    employee_id,
    kpi_id,
    target,
    actual,
    is_reached,
    text_zh as sentence_zh,
    text_en as sentence_en
from worded
