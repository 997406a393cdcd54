-- Systemic miss: a KPI that at least the given share of a department's measured employees miss (R13); since when, where
-- it comes from, what it costs, and what the figures say about the reason (docs/strategy.md).
with found as (

    select
        judged.*,
        {{ normal_quantile('judged.tail') }} as z
    from {{ ref('int_judged_kpi') }} as judged
    where judged.is_missed

),

-- how probable it is that so few of those who reach it are in the department by chance alone: the hypergeometric tail
-- (R. A. Fisher's exact test, one-sided)
skill as (

    select
        period_id,
        department_id,
        kpi_id,
        list_sum(list_transform(
            range(
                greatest(0, employees_measured - employees_missed + others_reached - others_measured),
                employees_measured - employees_missed + 1
            ),
            lambda i: exp(
                {{ log_choose('employees_measured', 'i') }}
                + {{ log_choose('others_measured', '(employees_measured - employees_missed + others_reached - i)') }}
                - {{ log_choose(
                    '(employees_measured + others_measured)',
                    '(employees_measured - employees_missed + others_reached)'
                ) }}
            )
        )) as probability
    from found
    where 2 * others_reached >= others_measured and others_reached > 0

),

market as (

    select
        found.period_id,
        found.department_id,
        found.kpi_id,
        bool_or(shift.segment is null and shift.t > {{ student_t('found.z', 'shift.degrees') }}) as is_worse,
        count(*) filter (where shift.segment is not null) as parts,
        count(*) filter (where shift.segment is not null and shift.is_worse) as worse_parts
    from found
    inner join {{ ref('int_miss_shift') }} as shift
        on found.period_id = shift.period_id and shift.level = 'company' and found.kpi_id = shift.kpi_id
    group by found.period_id, found.department_id, found.kpi_id

),

-- the values of the department's segments by how much they took from its actual since the period before
harm as (

    select
        driver.period_id,
        driver.member_id as department_id,
        driver.kpi_id,
        driver.segment,
        driver.segment_value,
        driver.total_effect * case kpi.better when 'higher' then -1 else 1 end as harm,
        (driver.actual - driver.previous_actual) * case kpi.better when 'higher' then -1 else 1 end as harm_of_all,
        count(*) over (partition by driver.period_id, driver.member_id, driver.kpi_id, driver.segment) as parts,
        count(*) over (partition by driver.period_id, driver.member_id, driver.kpi_id) as parts_of_all
    from {{ being_closed(ref('fct_kpi_driver')) }} as driver
    inner join {{ source('scheme', 'kpi') }} as kpi
        on driver.kpi_id = kpi.kpi_id
    where driver.level = 'department' and driver.reason is null

),

-- the one that explains two thirds of it, and has itself become worse by more than chance
sank as (

    select
        found.period_id,
        found.department_id,
        found.kpi_id,
        arg_min(harm.segment, row(-harm.harm, harm.segment)) as segment,
        arg_min(harm.segment_value, row(-harm.harm, harm.segment)) as segment_value,
        cast(max(harm.harm) as decimal(28, 8)) as segment_harm
    from found
    inner join harm
        on
            found.period_id = harm.period_id
            and found.department_id = harm.department_id
            and found.kpi_id = harm.kpi_id
    inner join {{ ref('int_miss_shift') }} as shift
        on
            harm.period_id = shift.period_id
            and shift.level = 'department'
            and harm.department_id = shift.member_id
            and harm.kpi_id = shift.kpi_id
            and harm.segment = shift.segment
            and harm.segment_value = shift.segment_value
    where
        harm.parts > 1
        and harm.harm_of_all > 0
        and 3 * harm.harm >= 2 * harm.harm_of_all
        and shift.t > {{ student_t(normal_quantile('(found.tail / harm.parts_of_all)'), 'shift.degrees') }}
    group by found.period_id, found.department_id, found.kpi_id

),

-- what is missing of a sum of money is missing for each who misses it; of a rate of money it is the target less the
-- actual, times what it is a rate of
short as (

    select
        score.period_id,
        score.department_id,
        score.kpi_id,
        sum(score.prorated_target - score.actual) filter (where score.status = 'missed') as of_people,
        case when min(score.prorated_target) = max(score.prorated_target) then min(score.prorated_target) end
            as common_target
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    where score.scope = 'self' and score.status <> 'no_data'
    group by score.period_id, score.department_id, score.kpi_id

),

told as (

    select
        found.*,
        goal.strategy_goal_id,
        goal.path_zh,
        goal.path_en,
        department.name_zh as department_zh,
        department.name_en as department_en,
        kpi.name_zh as kpi_zh,
        kpi.name_en as kpi_en,
        scheme.currency,
        actuals.actual as department_actual,
        history.since_period_id,
        history.persistence,
        sank.segment,
        sank.segment_value,
        scheme.currency_units,
        case
            when kpi.better = 'lower' then null
            when kpi.is_sum_like and kpi.unit = scheme.currency then short.of_people
            when kpi.unit = scheme.currency or starts_with(kpi.unit, scheme.currency || '/')
                then short.common_target * cast(actuals.denominator as decimal(18, 4)) - actuals.numerator
        end as missing,
        case
            when skill.probability <= found.tail then 'skill'
            when market.is_worse and market.parts > 1 and market.worse_parts = market.parts then 'market'
            when
                found.others_reached = 0
                and found.employees_missed = found.employees_measured
                and pow(0.5, found.employees_measured + found.others_measured) <= found.tail
                and history.persistence > 1
                then 'target_too_high'
            else 'unclear'
        end as verdict
    from found
    inner join {{ ref('dim_goal') }} as goal
        on found.goal_id = goal.goal_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on found.kpi_id = kpi.kpi_id
    inner join {{ ref('departments') }} as department
        on found.department_id = department.department_id
    inner join {{ ref('int_miss_history') }} as history
        on
            found.period_id = history.period_id
            and found.department_id = history.department_id
            and found.kpi_id = history.kpi_id
    inner join short
        on
            found.period_id = short.period_id
            and found.department_id = short.department_id
            and found.kpi_id = short.kpi_id
    cross join {{ source('scheme', 'scheme') }} as scheme
    left join skill
        on
            found.period_id = skill.period_id
            and found.department_id = skill.department_id
            and found.kpi_id = skill.kpi_id
    left join market
        on
            found.period_id = market.period_id
            and found.department_id = market.department_id
            and found.kpi_id = market.kpi_id
    left join sank
        on
            found.period_id = sank.period_id
            and found.department_id = sank.department_id
            and found.kpi_id = sank.kpi_id
    left join {{ ref('agg_kpi_actual') }} as actuals
        on
            found.period_id = actuals.period_id
            and actuals.level = 'department'
            and found.department_id = actuals.member_id
            and found.kpi_id = actuals.kpi_id

),

in_money as (

    select
        *,
        case when missing > 0 then nullif({{ in_currency('missing', 'currency_units') }}, 0) end as money
    from told

),

figured as (

    select
        *,
        cast(others_measured as varchar) as others,
        cast(others_reached as varchar) as others_at_target,
        cast(employees_measured + others_measured as varchar) as everybody,
        case
            when persistence = 1 then ''
            else '自 ' || since_period_id || ' 起连续 ' || persistence || ' 期低于现在的目标。'
        end as since_zh,
        case
            when persistence = 1 then ''
            else
                'Below what is asked now for ' || persistence || ' periods in a row, since ' || since_period_id
                || '. '
        end as since_en,
        coalesce('差额 ' || {{ as_number('money') }} || ' ' || currency || '。', '') as money_zh,
        coalesce({{ as_number('money') }} || ' ' || currency || ' short. ', '') as money_en,
        case
            when segment is null then ''
            else '与上期相比的下滑主要来自 ' || segment || ' = ' || segment_value || '，先查这一部分。'
        end as segment_zh,
        case
            when segment is null then ''
            else
                'What it lost since the period before is mostly in ' || segment || ' = ' || segment_value
                || ': look there first. '
        end as segment_en
    from in_money

),

worded as (

    select
        *,
        {{ sentences([
            (
                "verdict = 'skill'",
                '{since_zh}{money_zh}{segment_zh}其他部门 {others} 人中有 {others_at_target} 人达标，差距多在方法和能力：建议向达标的部门学习，并安排培训。',
                '{since_en}{money_en}{segment_en}Of {others} people in other departments {others_at_target} reach the target, so the gap is one of skill: learn from them, and train.',
            ),
            (
                "verdict = 'market'",
                '{since_zh}{money_zh}{segment_zh}与去年同期相比全公司明显变差，并且每个细分都变差，多为市场原因：建议调整策略，不宜归咎于个人。',
                '{since_en}{money_en}{segment_en}The whole company is clearly worse than a year ago, and so is each of its segments, so the market is the likely reason: change the strategy and do not blame people.',
            ),
            (
                "verdict = 'target_too_high'",
                '{since_zh}{money_zh}{segment_zh}全公司 {everybody} 人无一达标，目标可能过高：建议复核目标。',
                '{since_en}{money_en}{segment_en}None of the {everybody} people measured anywhere reaches the target, so it is probably too high: review it.',
            ),
            (
                'true',
                '{since_zh}{money_zh}{segment_zh}仅凭数字分不清是目标、能力还是市场的原因：建议先与部门一起查明原因，再调整目标或安排培训。',
                '{since_en}{money_en}{segment_en}Figures alone do not tell whether target, skill or market is to blame: find the reason with the department before changing the target or training anybody.',
            ),
        ]) }}
    from figured

)

select
    period_id,
    department_id,
    kpi_id,
    'systemic_miss' as finding,
    goal_id,
    strategy_goal_id,
    cast(employees_measured as integer) as employees_measured,
    cast(employees_missed as integer) as employees_missed,
    share_missed,
    systemic_miss_share as threshold,
    department_actual,
    median_attainment,
    verdict,
    since_period_id,
    persistence,
    segment,
    segment_value,
    money,
    -- a manager who is measured by the team misses with it, and is not counted a second time
    department_zh || '：按个人业绩考核的 ' || employees_measured || ' 人中有 ' || employees_missed || ' 人未达到「' || kpi_zh || '」目标（'
    || cast(share_missed * 100 as decimal(9, 1)) || '%，达成率中位数 '
    || cast(median_attainment * 100 as decimal(18, 1)) || '%）。影响目标：' || path_zh || '。' as finding_zh,
    department_en || ': ' || employees_missed || ' of the '
    || {{ as_number_of('employees_measured', 'employee', 'employees') }}
    || ' measured by their own results missed the target of "'
    || kpi_en || '" (' || cast(share_missed * 100 as decimal(9, 1)) || ' %; median attainment '
    || cast(median_attainment * 100 as decimal(18, 1)) || ' %). Goal concerned: ' || path_en || '.' as finding_en,
    text_zh as recommendation_zh,
    text_en as recommendation_en
from worded
