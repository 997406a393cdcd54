-- What a course did to a KPI: how people who finished it changed, less how those of the same position changed in the
-- same months who have not begun it (difference in differences). Docs/growth.md has the formulas and their sources.
with change as (

    select
        period_id,
        course_id,
        kpi_id,
        cohort,
        employee_id,
        is_trained,
        change
    from {{ ref('int_course_change') }}
    -- who has two positions in which the KPI is measured counts once
    qualify
        not is_trained
        or row_number() over (
            partition by period_id, course_id, kpi_id, employee_id, is_trained order by change is null, cohort
        ) = 1

),

asked as (

    select
        period_id,
        course_id,
        kpi_id,
        count(distinct employee_id) filter (where is_trained) as finished
    from change
    group by period_id, course_id, kpi_id

),

cohort as (

    select
        period_id,
        course_id,
        kpi_id,
        cohort,
        count(*) filter (where is_trained) as people,
        count(*) filter (where not is_trained) as comparison_people,
        list_avg(list(change order by employee_id) filter (where not is_trained)) as comparison_change
    from change
    where change is not null
    group by period_id, course_id, kpi_id, cohort
    having count(*) filter (where is_trained) > 0 and count(*) filter (where not is_trained) > 0

),

trained as (

    select
        change.period_id,
        change.course_id,
        change.kpi_id,
        count(*) as people,
        list(change.change - cohort.comparison_change order by change.employee_id) as differences
    from change
    inner join cohort
        on
            change.period_id = cohort.period_id
            and change.course_id = cohort.course_id
            and change.kpi_id = cohort.kpi_id
            and change.cohort = cohort.cohort
    where change.is_trained and change.change is not null
    group by change.period_id, change.course_id, change.kpi_id

),

-- how far each of those compared moves the estimate: once a person, in however many cohorts
influence as (

    select
        change.period_id,
        change.course_id,
        change.kpi_id,
        change.employee_id,
        list_sum(list(
            (change.change - cohort.comparison_change) * cohort.people / cohort.comparison_people order by change.cohort
        )) as influence
    from change
    inner join cohort
        on
            change.period_id = cohort.period_id
            and change.course_id = cohort.course_id
            and change.kpi_id = cohort.kpi_id
            and change.cohort = cohort.cohort
    where not change.is_trained and change.change is not null
    group by change.period_id, change.course_id, change.kpi_id, change.employee_id

),

comparison as (

    select
        period_id,
        course_id,
        kpi_id,
        count(*) as comparison_people,
        list_sum(list(influence * influence order by employee_id)) as squares
    from influence
    group by period_id, course_id, kpi_id

),

-- the two variances of Welch's comparison of means
estimated as (

    select
        asked.period_id,
        asked.course_id,
        asked.kpi_id,
        asked.finished,
        coalesce(trained.people, 0) as people,
        coalesce(comparison.comparison_people, 0) as comparison_people,
        list_avg(trained.differences) as log_effect,
        case when trained.people > 1 then list_var_samp(trained.differences) / trained.people end as trained_variance,
        comparison.squares / trained.people / trained.people
        * comparison.comparison_people / nullif(comparison.comparison_people - 1, 0) as comparison_variance
    from asked
    left join trained
        on
            asked.period_id = trained.period_id
            and asked.course_id = trained.course_id
            and asked.kpi_id = trained.kpi_id
    left join comparison
        on
            asked.period_id = comparison.period_id
            and asked.course_id = comparison.course_id
            and asked.kpi_id = comparison.kpi_id

),

with_degrees as (

    select
        estimated.*,
        review.false_findings,
        review.min_people,
        estimated.trained_variance + estimated.comparison_variance as variance,
        pow(estimated.trained_variance + estimated.comparison_variance, 2) / nullif(
            pow(estimated.trained_variance, 2) / nullif(estimated.people - 1, 0)
            + pow(estimated.comparison_variance, 2) / nullif(estimated.comparison_people - 1, 0),
            0
        ) as degrees,
        least(estimated.people, estimated.comparison_people) >= review.min_people as is_enough
    from estimated
    inner join {{ source('scheme', 'course_review') }} as review
        on estimated.period_id = review.period_id

),

tested as (

    select
        *,
        case
            when not is_enough then null
            when variance > 0 then {{ student_t_p('(log_effect / sqrt(variance))', 'degrees') }}
            when log_effect = 0 then 1
            else 0
        end as p_value,
        -- the expansion of the quantile holds from 3 degrees on; without any spread the effect is what it is
        case
            when variance = 0 then 0
            when degrees >= 3 then {{ student_t_975('degrees') }} * sqrt(variance)
        end as half_interval
    from with_degrees

),

-- how much effects differ from 0 beyond chance, by the method of moments, over all of the period with an interval
across_courses as (

    select
        period_id,
        greatest(
            0,
            (
                list_sum(list(log_effect * log_effect / variance order by course_id, kpi_id))
                - count(*)
            ) / list_sum(list(1 / variance order by course_id, kpi_id))
        ) as variance
    from tested
    where variance > 0 and half_interval is not null
    group by period_id

),

shrunk as (

    select
        tested.*,
        case
            when tested.half_interval is null then null
            when tested.variance = 0 then tested.log_effect
            else tested.log_effect * across_courses.variance / (across_courses.variance + tested.variance)
        end as shrunk_log_effect,
        row_number() over (a_period order by tested.p_value nulls last, tested.course_id, tested.kpi_id) as place,
        count(tested.p_value) over a_period as tests
    from tested
    left join across_courses
        on tested.period_id = across_courses.period_id
    window a_period as (partition by tested.period_id)

),

found as (

    select
        shrunk.*,
        {{ is_discovery('false_findings', 'period_id') }} as is_found
    from shrunk

),

rounded as (

    select
        found.period_id,
        found.course_id,
        found.kpi_id,
        found.finished,
        found.people,
        found.comparison_people,
        found.min_people,
        cast(round(exp(found.log_effect) - 1, 8) as decimal(18, 8)) as effect,
        cast(round(exp(found.log_effect - found.half_interval) - 1, 8) as decimal(18, 8)) as effect_low,
        -- least takes null for no bound
        case
            when found.half_interval is not null
                then cast(round(exp(least(20, found.log_effect + found.half_interval)) - 1, 8) as decimal(18, 8))
        end as effect_high,
        cast(round(exp(found.shrunk_log_effect) - 1, 8) as decimal(18, 8)) as shrunk_effect,
        cast(round(found.p_value, 6) as decimal(9, 6)) as p_value,
        case
            when not found.is_enough then 'not_enough_data'
            when not found.is_found then 'no_effect_seen'
            when (found.log_effect > 0) = (kpi.better = 'higher') then 'works'
            else 'harms'
        end as verdict,
        course.name_zh as course_zh,
        course.name_en as course_en,
        kpi.name_zh as kpi_zh,
        kpi.name_en as kpi_en
    from found
    inner join {{ ref('courses') }} as course
        on found.course_id = course.course_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on found.kpi_id = kpi.kpi_id

),

spoken as (

    select
        rounded.*,
        {{ signed_percent('effect') }} as effect_percent,
        {{ signed_percent('effect_low') }} as effect_low_percent,
        {{ signed_percent('effect_high') }} as effect_high_percent
    from rounded

)

select
    period_id,
    course_id,
    kpi_id,
    cast(people as integer) as people,
    cast(comparison_people as integer) as comparison_people,
    effect,
    effect_low,
    effect_high,
    shrunk_effect,
    p_value,
    verdict,
    '「' || course_zh || '」对「' || kpi_zh || '」：'
    || coalesce(
        people || ' 人学完后的变化，与同岗位未学的 ' || comparison_people || ' 人相比 ' || effect_percent || '%'
        || coalesce('（95% 置信区间 ' || effect_low_percent || '% 至 ' || effect_high_percent || '%）', ''),
        finished || ' 人学完，没有可比的数据'
    )
    || case verdict
        when 'works' then '：有效。'
        when 'harms' then '：变差了。'
        when 'no_effect_seen' then '：看不出效果，可能只是偶然。'
        else '：数据不足，两边至少各需 ' || min_people || ' 人，不作判断。'
    end as reason_zh,
    '"' || course_en || '" and "' || kpi_en || '": '
    || coalesce(
        people || ' who finished it changed by ' || effect_percent || ' % against '
        || {{ as_number_of(
            'comparison_people', 'of the same position who has not begun it', 'of the same position who have not begun it'
        ) }}
        || coalesce(
            ' (95 % confidence interval ' || effect_low_percent || ' % to ' || effect_high_percent || ' %)', ''
        ),
        finished || ' finished it, with nothing to compare'
    )
    || case verdict
        when 'works' then ': it works.'
        when 'harms' then ': it got worse.'
        when 'no_effect_seen' then ': no effect seen; it may be chance.'
        else ': not enough data, ' || min_people || ' people on either side are needed.'
    end as reason_en
from spoken
