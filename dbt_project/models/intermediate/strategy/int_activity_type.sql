-- Each type of activity in a period beside the period before it, and what the change of its share of the cost did to
-- the return of all activities together (docs/strategy.md).
{% set sides = [('not is_previous', ''), ('is_previous', 'previous_')] %}

with of_type as (

    select
        {% for side, prefix in sides %}
        coalesce(sum(cost) filter (where {{ side }}), 0) as {{ prefix }}cost,
        coalesce(sum(revenue) filter (where {{ side }}), 0) as {{ prefix }}revenue,
        coalesce(sum(new_users) filter (where {{ side }}), 0) as {{ prefix }}new_users,
        count(*) filter (where {{ side }}) as {{ prefix }}campaigns,
        {% endfor %}
        period_id,
        activity_type
    from {{ ref('int_activity_campaign') }}
    group by period_id, activity_type

),

of_all as (

    select
        period_id,
        sum(cost) as cost,
        sum(revenue) as revenue,
        sum(previous_cost) as previous_cost,
        sum(previous_revenue) as previous_revenue
    from of_type
    group by period_id

),

beside_all as (

    select
        {% for _, prefix in sides %}
        {{ exact_ratio('of_type.' ~ prefix ~ 'revenue', 'of_type.' ~ prefix ~ 'cost') }} as {{ prefix }}roi,
        {{ exact_ratio('of_type.' ~ prefix ~ 'cost', 'of_all.' ~ prefix ~ 'cost') }} as {{ prefix }}cost_share,
        {{ exact_ratio('of_all.' ~ prefix ~ 'revenue', 'of_all.' ~ prefix ~ 'cost') }} as {{ prefix }}roi_of_all,
        {% endfor %}
        of_type.*
    from of_type
    inner join of_all
        on of_type.period_id = of_all.period_id

)

select
    *,
    -- the mix effect of docs/drivers.md; a return that is missing in one period is the other's
    cast(
        0.5 * (cost_share - previous_cost_share)
        * (coalesce(previous_roi, roi, 0) + coalesce(roi, previous_roi, 0) - previous_roi_of_all - roi_of_all)
        as decimal(28, 8)
    ) as move_effect
from beside_all
