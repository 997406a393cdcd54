-- How far everybody has come in a period that is running, beside what the target asks for by the last day that counts;
-- and where somebody is behind, which segment has moved the figure (R5, R6, R18; docs/tracking.md).
with harm as (

    select
        driver.period_id,
        driver.level,
        driver.member_id,
        driver.kpi_id,
        driver.segment,
        driver.segment_value,
        driver.total_effect,
        driver.actual,
        driver.actual - driver.previous_actual as change,
        driver.total_effect * case kpi.better when 'higher' then -1 else 1 end as harm,
        (driver.actual - driver.previous_actual) * case kpi.better when 'higher' then -1 else 1 end as harm_of_all,
        count(*) over (
            partition by driver.period_id, driver.level, driver.member_id, driver.kpi_id, driver.segment
        ) as parts
    from {{ being_closed(ref('fct_kpi_driver')) }} as driver
    inner join {{ source('scheme', 'kpi') }} as kpi
        on driver.kpi_id = kpi.kpi_id
    where driver.level in ('employee', 'department') and driver.reason is null

),

-- of what has become worse, the value that did most of it; one value alone explains nothing
cause as (

    select
        period_id,
        level,
        member_id,
        kpi_id,
        arg_min(segment, row(-harm, segment, segment_value)) as segment,
        arg_min(segment_value, row(-harm, segment, segment_value)) as segment_value,
        arg_min(total_effect, row(-harm, segment, segment_value)) as effect,
        any_value(change) as change,
        any_value(actual) as actual
    from harm
    where parts > 1 and harm > 0 and harm_of_all > 0
    group by period_id, level, member_id, kpi_id

),

measured as (

    select
        score.*,
        assignment.manager_id,
        period.ends_on as as_of,
        period.name_zh as period_zh,
        period.name_en as period_en,
        period.previous_starts_on,
        period.previous_ends_on,
        {{ exact_ratio('period.days', 'period.whole_days') }} as elapsed_share,
        -- what grows on a year ago is known up to the day alone
        case
            when kpi.is_sum_like
                then {{ exact_ratio('score.line_target * period.whole_month_parts', 'period.whole_month_whole') }}
            else score.line_target
        end as whole_target,
        alert.below,
        coalesce(score.status <> 'no_data' and score.attainment < alert.below, false) as is_behind,
        -- of who has left the position nobody can catch up in it
        coalesce(period.days >= alert.after * period.whole_days, false) and score.active_to = period.ends_on
            as is_told,
        kpi.better,
        kpi.unit,
        kpi.unit_zh,
        kpi.name_zh as kpi_zh,
        kpi.name_en as kpi_en
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ source('control', 'period') }} as period
        on score.period_id = period.period_id
    inner join {{ being_closed(ref('int_assignment_period')) }} as assignment
        on
            score.period_id = assignment.period_id
            and score.employee_id = assignment.employee_id
            and score.position_id = assignment.position_id
            and score.department_id = assignment.department_id
            and score.active_from = assignment.active_from
    inner join {{ source('scheme', 'kpi') }} as kpi
        on score.kpi_id = kpi.kpi_id
    left join {{ source('scheme', 'alert') }} as alert
        on true

),

explained as (

    select
        measured.*,
        cause.segment,
        cause.segment_value,
        cast(cause.effect as decimal(28, 8)) as effect,
        cause.change,
        coalesce(segment_name.name_zh, cause.segment) as segment_zh,
        coalesce(segment_name.name_en, cause.segment) as segment_en,
        coalesce(value_name.name_zh, shop.name_zh, cause.segment_value) as value_zh,
        coalesce(value_name.name_en, shop.name_en, cause.segment_value) as value_en,
        coalesce(employee.name_zh, measured.employee_id) as employee_zh,
        coalesce(employee.name_en, measured.employee_id) as employee_en
    from measured
    inner join {{ ref('employees') }} as employee
        on measured.employee_id = employee.employee_id
    left join cause
        on
            measured.is_behind
            and measured.period_id = cause.period_id
            and measured.kpi_id = cause.kpi_id
            -- what a team brings in is not the manager's own: its department tells of it, where it has no other team
            and (measured.scope <> 'team' or measured.actual = cause.actual)
            and case measured.scope when 'team' then 'department' else 'employee' end = cause.level
            and case measured.scope when 'team' then measured.department_id else measured.employee_id end
            = cause.member_id
    left join {{ source('control', 'segment_name') }} as segment_name
        on cause.segment = segment_name.segment and segment_name.segment_value = ''
    left join {{ source('control', 'segment_name') }} as value_name
        on cause.segment = value_name.segment and cause.segment_value = value_name.segment_value
    left join {{ ref('dim_department') }} as shop
        on cause.segment = 'shop' and cause.segment_value = shop.department_id

),

-- shortened for reading: the columns have all decimals, and no ratio below the bound is told as the bound
shortened as (

    select
        *,
        case when abs(prorated_target) < 100 then round(prorated_target, 4) else round(prorated_target, 2) end as paced,
        case when abs(actual) < 100 then round(actual, 4) else round(actual, 2) end as reached,
        cast(trunc(attainment * 10000) as decimal(28, 4)) * 0.0001 as ratio,
        round(elapsed_share, 4) as elapsed,
        cast(as_of as varchar) as day,
        case unit when 'share' then 100 else 1 end as unit_factor
    from explained

),

in_units as (

    select
        *,
        {{ in_its_unit('paced') }},
        {{ in_its_unit('reached') }},
        {{ in_percent('ratio') }},
        {{ in_percent('elapsed') }},
        {{ in_percent('below') }},
        {{ as_number('round(effect * unit_factor, 4)') }} as effect_told,
        {{ as_number('round(change * unit_factor, 4)') }} as change_told,
        case unit when 'share' then ' 个百分点' else coalesce(' ' || unit_zh, '') end as points_zh,
        case unit when 'share' then ' percentage points' else coalesce(' ' || unit, '') end as points_en
    from shortened

),

caused as (

    select
        *,
        coalesce(
            '与 ' || previous_starts_on || ' 至 ' || previous_ends_on || ' 相比变化 ' || change_told || points_zh
            || '，可能的原因：' || case scope when 'team' then '部门的' else '' end || segment_zh || '「' || value_zh
            || '」（影响 ' || effect_told || points_zh || '）。',
            ''
        ) as cause_zh,
        coalesce(
            ' Against ' || previous_starts_on || ' to ' || previous_ends_on || case scope
                when 'team' then ' the department''s figure'
                else ' it'
            end || ' changed by ' || change_told || points_en || '; the likely cause is ' || segment_en || ' "'
            || value_en || '" (' || effect_told || points_en || ').',
            ''
        ) as cause_en
    from in_units

),

worded as (

    select
        *,
        {{ sentences([
            (
                "status = 'no_data'",
                '{employee_zh}：截至 {day}，{kpi_zh}在{period_zh}的数据还不足以判断。',
                '{employee_en}: up to {day} there is too little data on {kpi_en} in {period_en}.',
            ),
            (
                'is_behind',
                '{employee_zh}的{kpi_zh}落后：截至 {day}（{period_zh}已过 {elapsed_zh}）为 {reached_zh}，按进度目标为 {paced_zh}，达成率 {ratio_zh}，低于 {below_zh}。{cause_zh}',
                '{employee_en} is behind in {kpi_en}: {reached_en} up to {day} ({elapsed_en} of {period_en} has passed), where the target is {paced_en} by now; the attainment is {ratio_en}, below {below_en}.{cause_en}',
            ),
            (
                'attainment is null',
                '{employee_zh}：截至 {day}，{period_zh}的{kpi_zh}为 {reached_zh}，按进度目标为 {paced_zh}。',
                '{employee_en}: {kpi_en} in {period_en} is {reached_en} up to {day}; the target is {paced_en} by now.',
            ),
            (
                'true',
                '{employee_zh}：截至 {day}，{period_zh}的{kpi_zh}为 {reached_zh}，按进度目标为 {paced_zh}，达成率 {ratio_zh}。',
                '{employee_en}: {kpi_en} in {period_en} is {reached_en} up to {day}; the target is {paced_en} by now, the attainment {ratio_en}.',
            ),
        ]) }}
    from caused

)

select
    period_id,
    as_of,
    employee_id,
    position_id,
    department_id,
    active_from,
    manager_id,
    kpi_id,
    scope,
    elapsed_share,
    whole_target as target,
    prorated_target as paced_target,
    actual,
    attainment as ratio,
    status,
    contributions,
    min_sample,
    is_behind,
    is_behind and is_told as is_to_be_told,
    segment,
    segment_value,
    effect,
    text_zh as sentence_zh,
    text_en as sentence_en
from worded
