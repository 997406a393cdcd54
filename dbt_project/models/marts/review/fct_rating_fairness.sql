-- Do groups of raters rate, or are groups of people rated, differently from the rest? Welch's comparison of two means
-- with its 95 % confidence interval. An occasion to ask, never acted on by itself (docs/review.md).
with compared_group as (

    select distinct
        period_id,
        side,
        dimension,
        group_id
    from {{ ref('int_compared_rating') }}

),

side_by_side as (

    select
        compared_group.period_id,
        compared_group.side,
        compared_group.dimension,
        compared_group.group_id,
        rating.group_id = compared_group.group_id as is_inside,
        rating.employee_id,
        rating.raters,
        rating.rating,
        {{ ten_thousandths('rating.rating') }} as units
    from compared_group
    inner join {{ ref('int_compared_rating') }} as rating
        on
            compared_group.period_id = rating.period_id
            and compared_group.side = rating.side
            and compared_group.dimension = rating.dimension

),

counted as (

    select
        period_id,
        side,
        dimension,
        group_id,
        {% for part, condition in {'': 'is_inside', 'rest_': 'not is_inside'}.items() -%}
        count(*) filter (where {{ condition }}) as {{ part }}ratings,
        count(distinct employee_id) filter (where {{ condition }}) as {{ part }}rated,
        len(list_distinct(flatten(list(raters) filter (where {{ condition }})))) as {{ part }}raters,
        cast({{ exact_ratio(
            'sum(rating) filter (where ' ~ condition ~ ')', 'count(*) filter (where ' ~ condition ~ ')', scale=4
        ) }} as decimal(9, 4)) as {{ part }}mean,
        {{ n_squared_variance(
            'count(*) filter (where ' ~ condition ~ ')',
            'sum(units) filter (where ' ~ condition ~ ')',
            'sum(units * units) filter (where ' ~ condition ~ ')'
        ) }} as {{ part }}variance
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
    from side_by_side
    group by period_id, side, dimension, group_id

),

-- a statistic, and no score: binary floating point of whole numbers until it is rounded to 4 decimals
spread as (

    select
        counted.*,
        cast(variance as double) / ratings / ratings / (ratings - 1) as squared_error,
        cast(rest_variance as double) / rest_ratings / rest_ratings / (rest_ratings - 1) as rest_squared_error
    from counted
    inner join {{ source('scheme', 'fairness_review') }} as review
        on counted.period_id = review.period_id
    inner join {{ source('scheme', 'feedback') }} as feedback
        on counted.period_id = feedback.period_id
    where
        least(ratings, rated, raters, rest_ratings, rest_rated, rest_raters)
        >= greatest(review.min_people, feedback.min_raters + 1)

),

compared as (

    select
        *,
        cast(mean - rest_mean as decimal(9, 4)) as difference,
        sqrt(squared_error + rest_squared_error) / 10000 as standard_error,
        pow(squared_error + rest_squared_error, 2) / nullif(
            pow(squared_error, 2) / (ratings - 1) + pow(rest_squared_error, 2) / (rest_ratings - 1), 0
        ) as degrees
    from spread

),

bounded as (

    select
        *,
        -- without any spread the difference is what it is
        cast(difference - coalesce({{ student_t_975('degrees') }} * standard_error, 0) as decimal(9, 4)) as low,
        cast(difference + coalesce({{ student_t_975('degrees') }} * standard_error, 0) as decimal(9, 4)) as high
    from compared

),

named as (

    select
        bounded.*,
        bounded.low > 0 or bounded.high < 0 as differs,
        coalesce(department.name_zh, position.name_zh, word.name_zh, bounded.group_id) as name_zh,
        coalesce(department.name_en, position.name_en, word.name_en, bounded.group_id) as name_en
    from bounded
    left join {{ ref('departments') }} as department
        on bounded.dimension = 'department' and bounded.group_id = department.department_id
    left join {{ ref('positions') }} as position
        on bounded.dimension = 'position' and bounded.group_id = position.position_id
    left join (
        values
        ('employment', 'full_time', '全职', 'full time'),
        ('employment', 'part_time', '兼职', 'part time'),
        ('relation', 'manager', '上级', 'managers'),
        ('relation', 'peer', '同事', 'peers'),
        ('relation', 'report', '下属', 'reports'),
        ('relation', 'self', '本人', 'self-ratings')
    ) as word (dimension, group_id, name_zh, name_en)
        on bounded.dimension = word.dimension and bounded.group_id = word.group_id

)

select
    period_id,
    side,
    dimension,
    group_id,
    name_zh,
    name_en,
    cast(ratings as integer) as ratings,
    cast(raters as integer) as raters,
    cast(rated as integer) as rated,
    mean,
    cast(rest_ratings as integer) as rest_ratings,
    cast(rest_raters as integer) as rest_raters,
    cast(rest_rated as integer) as rest_rated,
    rest_mean,
    difference,
    low,
    high,
    differs,
    case side when 'rater' then '评价人「' else '被评价人「' end || name_zh || '」平均 ' || cast(mean as decimal(9, 1))
    || '，其余 ' || cast(rest_mean as decimal(9, 1)) || '，差 ' || cast(difference as decimal(9, 1)) || '（95% 置信区间 '
    || cast(low as decimal(9, 1)) || ' 至 ' || cast(high as decimal(9, 1))
    || case when differs then '）：值得询问原因，不能据此下结论。' else '）：看不出差别。' end as finding_zh,
    case side when 'rater' then 'Raters: ' else 'Rated: ' end || name_en || ' ' || cast(mean as decimal(9, 1))
    || ' on average, the rest ' || cast(rest_mean as decimal(9, 1)) || ', difference '
    || cast(difference as decimal(9, 1)) || ' (95 % confidence interval ' || cast(low as decimal(9, 1)) || ' to '
    || cast(high as decimal(9, 1))
    || case when differs then '): worth asking why, no proof of anything.' else '): no difference to be seen.' end
        as finding_en
from named
