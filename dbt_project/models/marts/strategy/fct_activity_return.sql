-- What each type of activity cost and brought, within which interval its return lies, and whether money should be moved
-- to it or from it (R22). The method and its sources stand in docs/strategy.md.
with campaign as (

    select
        period_id,
        activity_type,
        -- in thousandths, the finest that a currency has: whole numbers and so exact
        {{ to_units('cost', 1000) }} as cost,
        {{ to_units('revenue', 1000) }} as revenue
    from {{ ref('int_activity_campaign') }}
    where not is_previous

),

summed as (

    select
        period_id,
        activity_type,
        count(*) as campaigns,
        sum(cost) as cost,
        sum(revenue) as revenue,
        {{ n_squared_variance('count(*)', 'sum(cost)', 'sum(cost * cost)') }} as cost_variance,
        {{ n_squared_variance('count(*)', 'sum(revenue)', 'sum(revenue * revenue)') }} as revenue_variance,
        count(*) * sum(cost * revenue) - sum(cost) * sum(revenue) as covariance
    from campaign
    group by period_id, activity_type

),

-- types that may be compared, and how many of them: with more of them each interval is wider, so that all together hold
compared as (

    select
        summed.*,
        {{ normal_quantile('cast(review.error as double) / 2 / count(*) over (partition by summed.period_id)') }} as z
    from summed
    inner join {{ source('scheme', 'activity_review') }} as review
        on summed.period_id = review.period_id
    where summed.campaigns >= review.min_campaigns

),

-- Fieller's quadratic in the return: all values for which revenue - return × cost does not differ from 0. Times n², so
-- that what enters is whole; from here on binary floating point
quadratic as (

    select
        period_id,
        activity_type,
        cast(cost as double) * cost - factor * cost_variance as a,
        cast(revenue as double) * cost - factor * covariance as b,
        cast(revenue as double) * revenue - factor * revenue_variance as c
    from (
        select
            *,
            pow({{ student_t('z', '(campaigns - 1)') }}, 2) / (campaigns - 1) as factor
        from compared
    )

),

-- where the cost itself does not differ from 0 the return has no bounds
bounded as (

    select
        period_id,
        activity_type,
        cast((b - sqrt(greatest(b * b - a * c, 0))) / a as decimal(18, 4)) as roi_low,
        cast((b + sqrt(greatest(b * b - a * c, 0))) / a as decimal(18, 4)) as roi_high
    from quadratic
    where a > 0

),

-- whose intervals lie wholly above or below which others
parted as (

    select
        one.period_id,
        one.activity_type,
        count(*) filter (where one.roi_low > other.roi_high) as lie_below,
        count(*) filter (where one.roi_high < other.roi_low) as lie_above,
        string_agg(other.activity_type, '、' order by other.activity_type)
        filter (where one.roi_low > other.roi_high) as below_zh,
        string_agg(other.activity_type, '、' order by other.activity_type)
        filter (where one.roi_high < other.roi_low) as above_zh
    from bounded as one
    inner join bounded as other
        on one.period_id = other.period_id
    group by one.period_id, one.activity_type

),

judged as (

    select
        activity.* exclude (cost, revenue),
        {{ in_currency('activity.cost', 'scheme.currency_units') }} as cost,
        {{ in_currency('activity.revenue', 'scheme.currency_units') }} as revenue,
        scheme.currency,
        bounded.roi_low,
        bounded.roi_high,
        parted.below_zh,
        parted.above_zh,
        case
            when bounded.roi_low is null then 'not_enough_data'
            when parted.lie_below > 0 and parted.lie_above = 0 then 'more'
            when parted.lie_above > 0 and parted.lie_below = 0 then 'less'
            else 'keep'
        end as recommendation,
        review.min_campaigns,
        1 - review.error as confidence
    from {{ ref('int_activity_type') }} as activity
    inner join {{ source('scheme', 'activity_review') }} as review
        on activity.period_id = review.period_id
    cross join {{ source('scheme', 'scheme') }} as scheme
    left join bounded
        on activity.period_id = bounded.period_id and activity.activity_type = bounded.activity_type
    left join parted
        on activity.period_id = parted.period_id and activity.activity_type = parted.activity_type
    where activity.campaigns > 0

),

told as (

    select
        *,
        replace(below_zh, '、', ', ') as below_en,
        replace(above_zh, '、', ', ') as above_en,
        {{ as_number('cost') }} || ' ' || currency as cost_text,
        {{ as_number('revenue') }} || ' ' || currency as revenue_text,
        {{ as_number('new_users') }} as new_users_text,
        coalesce({{ as_number('cast(roi as decimal(18, 2))') }}, '-') as roi_text,
        cast(campaigns as varchar) as campaigns_text,
        cast(min_campaigns as varchar) as min_campaigns_text,
        {{ as_number('cast(roi_low as decimal(18, 2))') }} as low_text,
        {{ as_number('cast(roi_high as decimal(18, 2))') }} as high_text,
        {{ as_percentage('confidence', 'zh') }} as confidence_zh,
        {{ as_percentage('confidence', 'en') }} as confidence_en
    from judged

),

-- the same figures stand in every sentence
figured as (

    select
        *,
        activity_type || '：' || campaigns_text || ' 个活动，投入 ' || cost_text || '，收入 ' || revenue_text || '，新增 '
        || new_users_text || ' 人，产出比 ' || roi_text as figures_zh,
        activity_type || ': ' || campaigns_text
        || case campaigns when 1 then ' campaign, cost ' else ' campaigns, cost ' end || cost_text
        || ', revenue ' || revenue_text || ', new customers ' || new_users_text
        || ', return ' || roi_text as figures_en,
        '（' || low_text || ' 至 ' || high_text || '，各类区间同时成立的置信度 ' || confidence_zh || '）' as within_zh,
        ' (' || low_text || ' to ' || high_text || '; all types together with ' || confidence_en || ' confidence)'
            as within_en
    from told

),

worded as (

    select
        *,
        {{ sentences([
            (
                "recommendation = 'not_enough_data'",
                '{figures_zh}。活动太少或差异太大（至少 {min_campaigns_text} 个），还不能据此调整投入。',
                '{figures_en}. Too few campaigns, or too unlike each other (at least {min_campaigns_text}): no reason to move money.',
            ),
            (
                "recommendation = 'more'",
                '{figures_zh}{within_zh}，高于 {below_zh}：建议把投入移到这里。',
                '{figures_en}{within_en}, above {below_en}: move money here.',
            ),
            (
                "recommendation = 'less'",
                '{figures_zh}{within_zh}，低于 {above_zh}：建议把投入移走。',
                '{figures_en}{within_en}, below {above_en}: move money away.',
            ),
            (
                'below_zh is not null',
                '{figures_zh}{within_zh}，高于 {below_zh}、低于 {above_zh}：维持投入。',
                '{figures_en}{within_en}, above {below_en} and below {above_en}: keep as it is.',
            ),
            (
                'true',
                '{figures_zh}{within_zh}，与其他类型的区间重叠：维持投入。',
                '{figures_en}{within_en}; the intervals overlap: keep as it is.',
            ),
        ]) }}
    from figured

)

select
    period_id,
    activity_type,
    cast(campaigns as integer) as campaigns,
    cost,
    cast(new_users as decimal(28, 8)) as new_users,
    revenue,
    roi,
    roi_low,
    roi_high,
    cost_share,
    previous_roi,
    previous_cost_share,
    move_effect,
    recommendation,
    text_zh as sentence_zh,
    text_en as sentence_en
from worded
