-- How the return of all activities together changed against the period before, and how much of it came of moving money
-- between them: what the last review's advice has brought.
with total as (

    select
        period_id,
        sum(cost) as cost,
        sum(revenue) as revenue,
        sum(previous_cost) as previous_cost,
        any_value(roi_of_all) as roi,
        any_value(previous_roi_of_all) as previous_roi,
        -- the part of the money that has gone to another type
        cast(0.5 * sum(abs(cost_share - previous_cost_share)) as decimal(28, 8)) as moved_share,
        cast(sum(move_effect) as decimal(28, 8)) as move_effect,
        string_agg(
            activity_type || ' ' || {{ as_percentage('cast(previous_cost_share as decimal(9, 3))', 'zh') }} || ' → '
            || {{ as_percentage('cast(cost_share as decimal(9, 3))', 'zh') }},
            '，' order by activity_type
        ) as shares_zh,
        string_agg(
            activity_type || ' ' || {{ as_percentage('cast(previous_cost_share as decimal(9, 3))', 'en') }} || ' → '
            || {{ as_percentage('cast(cost_share as decimal(9, 3))', 'en') }},
            ', ' order by activity_type
        ) as shares_en
    from {{ ref('int_activity_type') }}
    group by period_id

),

split as (

    select
        total.*,
        scheme.currency_units,
        roi - previous_roi - move_effect as own_effect,
        {% for effect in ['move_effect', 'roi - previous_roi - move_effect'] -%}
        case when cast({{ effect }} as decimal(18, 2)) > 0 then '+' else '' end
        || {{ as_number('cast(' ~ effect ~ ' as decimal(18, 2))') }} as effect_{{ loop.index }},
        {% endfor -%}
        {{ as_number('cast(roi as decimal(18, 2))') }} as roi_text,
        {{ as_number('cast(previous_roi as decimal(18, 2))') }} as previous_text
    from total
    cross join {{ source('scheme', 'scheme') }} as scheme
    where total.cost > 0

),

worded as (

    select
        *,
        {{ sentences([
            (
                'previous_roi is null',
                '全部活动的投入产出比为 {roi_text}，上期没有可比的投入。',
                'The return of all activities is {roi_text}; there was no cost in the period before to compare it with.',
            ),
            (
                'moved_share = 0',
                '全部活动的投入产出比由上期的 {previous_text} 变为 {roi_text}，各类投入占比不变。',
                'The return of all activities went from {previous_text} to {roi_text}, with the money spent in the same parts.',
            ),
            (
                'true',
                '全部活动的投入产出比由上期的 {previous_text} 变为 {roi_text}：调整投入占比带来 {effect_1}，各类自身变化带来 {effect_2}。投入占比：{shares_zh}。',
                'The return of all activities went from {previous_text} to {roi_text}: {effect_1} by moving money, {effect_2} by the activities themselves. Shares of the cost: {shares_en}.',
            ),
        ]) }}
    from split

)

select
    period_id,
    {{ in_currency('cost', 'currency_units') }} as cost,
    {{ in_currency('revenue', 'currency_units') }} as revenue,
    roi,
    previous_roi,
    case when previous_roi is not null then moved_share end as moved_share,
    move_effect,
    cast(own_effect as decimal(28, 8)) as own_effect,
    text_zh as sentence_zh,
    text_en as sentence_en
from worded
