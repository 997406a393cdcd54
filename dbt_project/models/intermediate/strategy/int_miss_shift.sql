-- Whether a KPI that is missed has become worse by more than chance, and where: the company against a year ago, and
-- each department against the period before, as a whole (segment null) and by the values of each segment. A day is the
-- unit: what happens on one day may have one cause (docs/strategy.md).
{% set adding_up = aggregations_that_add_up() %}

with asked as (

    select
        compared.period_id,
        compared.steps,
        compared.is_year_ago,
        contribution.*
    from {{ ref('int_miss_contribution') }} as contribution
    inner join {{ source('control', 'compared_period') }} as compared
        on contribution.occurred_on between compared.starts_on and compared.ends_on
    where
        (contribution.level = 'company' and (compared.steps = 0 or compared.is_year_ago))
        or (contribution.level = 'department' and compared.steps <= 1 and not compared.is_year_ago)

),

parted as (

    select
        asked.* exclude (segments),
        unnest(list_prepend(
            struct_pack(key := cast(null as varchar), value := cast(null as varchar)),
            coalesce(map_entries(segments), [])
        )) as part
    from asked

),

by_segment as (

    select
        parted.* exclude (part),
        parted.part.key as segment,
        case when parted.part.key is not null then coalesce(parted.part.value, 'unknown') end as segment_value
    from parted

),

daily as (

    {{ aggregate(
        'by_segment',
        ['period_id', 'steps', 'is_year_ago', 'level', 'member_id', 'segment', 'segment_value', 'occurred_on'],
        among=adding_up,
    ) }}

),

-- in units of 0.0001, whole numbers and so exact; of a sum a rate a day is compared
counted as (

    select
        daily.* exclude (numerator, denominator, actual, contributions),
        compared.days as days_in_period,
        daily.denominator is null as is_sum,
        cast(cast(daily.numerator as decimal(28, 4)) * 10000 as hugeint) as n,
        coalesce(cast(cast(daily.denominator as decimal(28, 4)) * 10000 as hugeint), 1) as d
    from daily
    inner join {{ source('control', 'compared_period') }} as compared
        on
            daily.period_id = compared.period_id
            and daily.steps = compared.steps
            and daily.is_year_ago = compared.is_year_ago

),

summed as (

    select
        period_id,
        steps,
        is_year_ago,
        level,
        member_id,
        kpi_id,
        segment,
        segment_value,
        case when is_sum then any_value(days_in_period) else count(*) filter (where d <> 0) end as days,
        cast(sum(n) as double) as n,
        cast(case when is_sum then any_value(days_in_period) else sum(d) end as double) as d,
        cast(sum(n * n) as double) as nn,
        cast(sum(n * d) as double) as nd,
        cast(case when is_sum then any_value(days_in_period) else sum(d * d) end as double) as dd
    from counted
    group by period_id, steps, is_year_ago, level, member_id, kpi_id, segment, segment_value, is_sum

),

-- the variance of a ratio of two sums over days (W. G. Cochran, Sampling Techniques, 1977, 6.4)
measured as (

    select
        *,
        n / d as rate,
        greatest(nn - 2 * (n / d) * nd + pow(n / d, 2) * dd, 0) / pow(d, 2) * days / (days - 1) as variance
    from summed
    where d <> 0 and days > 3

)

select
    now.period_id,
    now.level,
    now.member_id,
    now.kpi_id,
    now.segment,
    now.segment_value,
    (now.rate - earlier.rate) * case kpi.better when 'higher' then -1 else 1 end > 0 as is_worse,
    -- one-sided; null where nothing varies
    (now.rate - earlier.rate) * case kpi.better when 'higher' then -1 else 1 end
    / nullif(sqrt(now.variance + earlier.variance), 0) as t,
    least(now.days, earlier.days) - 1 as degrees
from measured as now
inner join measured as earlier
    on
        now.period_id = earlier.period_id
        and now.level = earlier.level
        and now.member_id = earlier.member_id
        and now.kpi_id = earlier.kpi_id
        and now.segment is not distinct from earlier.segment
        and now.segment_value is not distinct from earlier.segment_value
inner join {{ source('scheme', 'kpi') }} as kpi
    on now.kpi_id = kpi.kpi_id
where
    now.steps = 0 and not now.is_year_ago
    and (earlier.steps = 1 or earlier.is_year_ago)
