-- How each value of a segment contributed to the change of an actual against the period before (docs/drivers.md).
{% set of_rates = aggregations_in_use('effects', 'mix_and_rate') %}
{% set of_volume = aggregations_in_use('effects', 'volume') %}
{% set sides = ['previous_', ''] %}

with earlier as (

    select
        period_id,
        level,
        member_id,
        kpi_id,
        numerator,
        denominator,
        actual
    from {{ being_closed(ref('agg_kpi_actual')) }}

    union all

    select
        period_id,
        level,
        member_id,
        kpi_id,
        numerator,
        denominator,
        actual
    from (
        {{ aggregate(by_member(placed(ref('int_previous_contribution'))), ['period_id', 'level', 'member_id']) }}
    )

),

-- the parts, and the whole that they are parts of
compared as (

    select
        change.*,
        period.previous_period_id,
        list_contains({{ of_rates }}, kpi.aggregation) as is_of_rates,
        list_contains({{ of_volume }}, kpi.aggregation) as is_of_volume,
        earlier.numerator as previous_whole_numerator,
        earlier.denominator as previous_whole_denominator,
        earlier.actual as previous_actual,
        now.numerator as whole_numerator,
        now.denominator as whole_denominator,
        now.actual
    from {{ ref('int_segment_change') }} as change
    inner join {{ source('control', 'period') }} as period
        on change.period_id = period.period_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on change.kpi_id = kpi.kpi_id
    left join earlier
        on
            period.previous_period_id = earlier.period_id
            and change.level = earlier.level
            and change.member_id = earlier.member_id
            and change.kpi_id = earlier.kpi_id
    left join {{ being_closed(ref('agg_kpi_actual')) }} as now
        on
            change.period_id = now.period_id
            and change.level = now.level
            and change.member_id = now.member_id
            and change.kpi_id = now.kpi_id

),

judged as (

    select
        * replace (
            -- a volume of nothing is 0, a rate of nothing is no rate
            case when is_of_volume then coalesce(previous_actual, 0) else previous_actual end as previous_actual,
            case when is_of_volume then coalesce(actual, 0) else actual end as actual
        ),
        case
            when not (is_of_rates or is_of_volume) then 'not_additive'
            when
                {% for side in sides %}
                {% for sum in ['numerator', 'denominator'] %}
                coalesce(sum({{ side }}{{ sum }}) over a_segment, 0) <> coalesce({{ side }}whole_{{ sum }}, 0)
                {% if not loop.last %}or{% endif %}
                {% endfor %}
                {% if not loop.last %}or{% endif %}
                {% endfor %}
                then 'values_overlap'
            when is_of_rates and previous_actual is null then 'no_previous_actual'
            when is_of_rates and actual is null then 'no_actual'
        end as reason
    from compared
    window a_segment as (partition by period_id, level, member_id, kpi_id, segment)

),

measured as (

    select
        *,
        {% for side in sides %}
        case
            when reason in ('not_additive', 'values_overlap') then null
            when is_of_volume then cast({{ side }}numerator as decimal(28, 8))
            else {{ exact_ratio(side ~ 'numerator', side ~ 'denominator') }}
        end as {{ side }}segment_actual,
        case
            when reason in ('not_additive', 'values_overlap') or is_of_volume then null
            else {{ exact_ratio('coalesce(' ~ side ~ 'denominator, 0)', side ~ 'whole_denominator', 10) }}
        end as {{ side }}weight,
        -- what the segment adds to the actual although it has no rate: a numerator with nothing below it
        case
            when is_of_rates and {{ side }}segment_actual is null
                then coalesce({{ exact_ratio(side ~ 'numerator', side ~ 'whole_denominator') }}, 0)
            else 0
        end as {{ side }}without_rate,
        {% endfor %}
        -- a rate that is missing is the other period's
        coalesce(previous_segment_actual, segment_actual, 0) as previous_rate,
        coalesce(segment_actual, previous_segment_actual, 0) as rate
    from judged

),

-- each effect rounded by itself
rounded as (

    select
        *,
        cast(
            case
                when reason is not null then null
                when is_of_volume then coalesce(segment_actual, 0) - coalesce(previous_segment_actual, 0)
                else 0.5 * (weight - previous_weight) * (previous_rate + rate - previous_actual - actual)
            end as decimal(28, 8)
        ) as mix_effect,
        cast(
            case
                when reason is not null then null
                when is_of_volume then 0
                else
                    0.5 * (previous_weight + weight) * (rate - previous_rate) + without_rate - previous_without_rate
            end as decimal(28, 8)
        ) as rate_effect
    from measured

),

summed as (

    select
        *,
        actual - previous_actual - sum(mix_effect + rate_effect) over a_segment as rounding_rest,
        -- no more can come of rounding: half a last decimal of each rate and effect, and of each weight times a rate
        sum(4e-8 + 1e-10 * (abs(previous_rate) + abs(rate) + abs(previous_actual) + abs(actual))) over a_segment
            as largest_rest,
        row_number() over (
            a_segment order by greatest(abs(mix_effect), abs(rate_effect)) desc, segment_value
        ) = 1 as is_largest
    from rounded
    window a_segment as (partition by period_id, level, member_id, kpi_id, segment)

),

explained as (

    select
        *,
        case when abs(rounding_rest) <= largest_rest then rounding_rest else 0 end as rest
    from summed

),

-- What rounding has left over goes to the largest effect, so that the published effects sum to the published change. A
-- rest that rounding does not explain is not given to anybody: the promise that they sum is broken then.
completed as (

    select
        * replace (
            case
                when is_largest and abs(mix_effect) >= abs(rate_effect) then mix_effect + rest
                else mix_effect
            end as mix_effect,
            case
                when is_largest and abs(mix_effect) < abs(rate_effect) then rate_effect + rest
                else rate_effect
            end as rate_effect
        )
    from explained

)

select
    period_id,
    previous_period_id,
    level,
    member_id,
    kpi_id,
    segment,
    segment_value,
    previous_actual,
    actual,
    previous_weight,
    weight,
    previous_segment_actual,
    segment_actual,
    cast(mix_effect as decimal(28, 8)) as mix_effect,
    cast(rate_effect as decimal(28, 8)) as rate_effect,
    cast(mix_effect + rate_effect as decimal(28, 8)) as total_effect,
    reason
from completed
