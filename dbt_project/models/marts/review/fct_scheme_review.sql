-- Is a KPI of a position well chosen and well set? The figures, and the verdict by the rules of docs/review.md.
with line as (

    select
        period_id,
        position_id,
        kpi_id,
        min(goal_id) as goal_id,
        min(scope) as scope,
        min(weight) as weight,
        count(distinct employee_id) as people
    from {{ being_closed(ref('fct_kpi_score')) }}
    group by period_id, position_id, kpi_id

),

measured as (

    select
        period_id,
        position_id,
        kpi_id,
        count(*) as people,
        count(*) filter (where attainment >= 1) as reached,
        list(attainment order by attainment) as attainments,
        {{ n_squared_variance(
            'count(*)',
            'sum(' ~ ten_thousandths('points') ~ ')',
            'sum(' ~ ten_thousandths('points') ~ ' * ' ~ ten_thousandths('points') ~ ')'
        ) }} as points_variance
    from {{ ref('int_reviewed_person') }}
    group by period_id, position_id, kpi_id

),

points_given as (

    select
        period_id,
        position_id,
        kpi_id,
        points,
        count(*) as people
    from {{ ref('int_reviewed_person') }}
    group by period_id, position_id, kpi_id, points

),

-- of equally frequent points the fewest
most_frequent as (

    select
        period_id,
        position_id,
        kpi_id,
        max(people) as people,
        arg_min(points, row(-people, points)) as points
    from points_given
    group by period_id, position_id, kpi_id

),

sensitivity as (

    select
        period_id,
        position_id,
        kpi_id,
        count(*) filter (where factor = 0 and changed_grade <> grade) as changed_without,
        count(*) filter (where factor = 2 and changed_grade <> grade) as changed_doubled
    from {{ ref('int_changed_weight') }}
    group by period_id, position_id, kpi_id

),

figure as (

    select
        line.period_id,
        line.position_id,
        line.kpi_id,
        line.goal_id,
        line.scope,
        line.weight,
        line.people,
        coalesce(measured.people, 0) as people_measured,
        coalesce(measured.reached, 0) as people_reached,
        {{ exact_ratio('measured.reached', 'measured.people') }} as share_reached,
        {{ quartile('measured.attainments', 1) }} as lower_quartile,
        {{ middle('measured.attainments') }} as median_attainment,
        {{ quartile('measured.attainments', 3) }} as upper_quartile,
        most_frequent.people as people_with_same_points,
        most_frequent.points as same_points,
        {{ exact_ratio('most_frequent.people', 'measured.people') }} as share_with_same_points,
        -- a statistic, and no score: binary floating point of whole numbers, rounded to 4 decimals
        cast(sqrt(cast(measured.points_variance as double)) / measured.people / 10000 as decimal(9, 4))
            as points_deviation,
        correlation.outcome_kpi_id,
        correlation.pairs,
        correlation.correlation,
        correlation.reason as no_correlation_reason,
        -- a grade by quota depends on all others, that of a mean of shorter periods on the weights of each of these
        case
            when scheme.grade_method <> 'quota' and scheme.mean_of is null then coalesce(sensitivity.changed_without, 0)
        end as grades_changed_without,
        case
            when scheme.grade_method <> 'quota' and scheme.mean_of is null then coalesce(sensitivity.changed_doubled, 0)
        end as grades_changed_doubled
    from line
    inner join {{ source('scheme', 'evaluation') }} as scheme
        on line.period_id = scheme.period_id
    left join measured
        on
            line.period_id = measured.period_id
            and line.position_id = measured.position_id
            and line.kpi_id = measured.kpi_id
    left join most_frequent
        on
            line.period_id = most_frequent.period_id
            and line.position_id = most_frequent.position_id
            and line.kpi_id = most_frequent.kpi_id
    left join {{ ref('int_rank_correlation') }} as correlation
        on
            line.period_id = correlation.period_id
            and line.position_id = correlation.position_id
            and line.kpi_id = correlation.kpi_id
    left join sensitivity
        on
            line.period_id = sensitivity.period_id
            and line.position_id = sensitivity.position_id
            and line.kpi_id = sensitivity.kpi_id

),

judged as (

    select
        figure.*,
        review.min_people,
        case
            when figure.people_measured < review.min_people then 'too_few'
            when
                figure.share_reached <= review.few_reach
                and figure.upper_quartile - figure.lower_quartile
                <= review.close * (figure.upper_quartile + figure.lower_quartile)
                then 'target_too_high'
            when
                figure.share_with_same_points >= review.same_points
                or figure.points_deviation < review.points_deviation
                then 'no_discrimination'
            when figure.upper_quartile >= 1 + review.margin and figure.lower_quartile < 1 - review.margin
                then 'skill_gap'
            when figure.share_reached <= review.few_reach then 'unclear'
            when figure.correlation < review.effect then 'no_effect'
            else 'fine'
        end as verdict
    from figure
    inner join {{ source('scheme', 'scheme_review') }} as review
        on figure.period_id = review.period_id

),

worded as (

    select
        judged.*,
        position.name_zh || '「' || kpi.name_zh || '」：' as subject_zh,
        position.name_en || ', "' || kpi.name_en || '": ' as subject_en,
        outcome_kpi.name_zh as outcome_zh,
        outcome_kpi.name_en as outcome_en,
        judged.people_measured || ' 人中 ' || judged.people_reached || ' 人达标（'
        || {{ as_percent('judged.share_reached') }} || '%）' as reached_zh,
        judged.people_reached || ' of ' || judged.people_measured || ' reached the target ('
        || {{ as_percent('judged.share_reached') }} || ' %)' as reached_en,
        '达成率下四分位 ' || {{ as_percent('judged.lower_quartile') }} || '%、上四分位 '
        || {{ as_percent('judged.upper_quartile') }} || '%' as quartiles_zh,
        'quartiles of the attainments ' || {{ as_percent('judged.lower_quartile') }} || ' % and '
        || {{ as_percent('judged.upper_quartile') }} || ' %' as quartiles_en
    from judged
    inner join {{ ref('positions') }} as position
        on judged.position_id = position.position_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on judged.kpi_id = kpi.kpi_id
    left join {{ source('scheme', 'kpi') }} as outcome_kpi
        on judged.outcome_kpi_id = outcome_kpi.kpi_id

)

select
    period_id,
    position_id,
    kpi_id,
    goal_id,
    scope,
    weight,
    cast(people as integer) as people,
    cast(people_measured as integer) as people_measured,
    cast(people_reached as integer) as people_reached,
    share_reached,
    lower_quartile,
    median_attainment,
    upper_quartile,
    cast(people_with_same_points as integer) as people_with_same_points,
    cast(same_points as decimal(9, 4)) as same_points,
    share_with_same_points,
    points_deviation,
    outcome_kpi_id,
    pairs,
    correlation,
    no_correlation_reason,
    cast(grades_changed_without as integer) as grades_changed_without,
    cast(grades_changed_doubled as integer) as grades_changed_doubled,
    verdict,
    subject_zh || case verdict
        when 'too_few' then '只有 ' || people_measured || ' 人有数据，至少 ' || min_people || ' 人才能下结论。'
        when 'target_too_high' then reached_zh || '，' || quartiles_zh || '，彼此接近：目标可能过高。'
        when 'no_discrimination'
            then
                people_measured || ' 人中 ' || people_with_same_points || ' 人同为 ' || cast(same_points as decimal(9, 2))
                || ' 分，标准差 ' || cast(points_deviation as decimal(9, 2)) || ' 分：这一指标区分不出人。'
        when 'skill_gap' then reached_zh || '，' || quartiles_zh || '：目标有人明显达到、有人明显未达到，差距可能在能力。'
        when 'unclear' then reached_zh || '，' || quartiles_zh || '，相差较大：仅凭数字分不清是目标过高还是能力不足。'
        when 'no_effect'
            then
                pairs || ' 人的达成率与「' || outcome_zh || '」的秩相关系数为 ' || cast(correlation as decimal(9, 2))
                || '：看不出这一指标带动了结果。'
        else reached_zh || '，' || quartiles_zh || '：未见异常。'
    end as verdict_zh,
    subject_en || case verdict
        when 'too_few' then people_measured || ' with data; a verdict needs ' || min_people || ' people.'
        when 'target_too_high'
            then reached_en || ', ' || quartiles_en || ', close together: the target is probably too high.'
        when 'no_discrimination'
            then
                people_with_same_points || ' of ' || people_measured || ' people have '
                || cast(same_points as decimal(9, 2)) || ' points, standard deviation '
                || cast(points_deviation as decimal(9, 2)) || ': the KPI does not tell people apart.'
        when 'skill_gap'
            then
                reached_en || ', ' || quartiles_en
                || ': some reach it clearly and others miss it clearly, so the gap is probably one of skill.'
        when 'unclear'
            then
                reached_en || ', ' || quartiles_en
                || ', far apart: figures alone do not tell whether target or skill is to blame.'
        when 'no_effect'
            then
                'of ' || pairs || ' people attainment and "' || outcome_en || '" have a rank correlation of '
                || cast(correlation as decimal(9, 2)) || ': no sign that the KPI moves the result.'
        else reached_en || ', ' || quartiles_en || ': nothing unusual.'
    end as verdict_en
from worded
