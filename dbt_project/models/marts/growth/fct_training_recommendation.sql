-- Which courses would help whom most: what is missing to the target, or to the peers in a competency, times what the
-- course is known to change. Courses of the competency whose effect nobody has measured yet come after and say so.
with lacking as (

    select
        strength.period_id,
        strength.employee_id,
        strength.subject_kind,
        strength.subject_id,
        strength.standing,
        case strength.subject_kind when 'kpi' then kpi.competency_id else strength.subject_id end as competency_id,
        case strength.subject_kind when 'kpi' then kpi.name_zh else competency.name_zh end as subject_zh,
        case strength.subject_kind when 'kpi' then kpi.name_en else competency.name_en end as subject_en,
        kpi.better,
        strength.subject_kind = 'kpi' or strength.peers_count >= review.fewest_peers_told as is_gap_told,
        -- the part of the target, or of 100 points, that is missing
        case
            when strength.subject_kind = 'competency' then {{ exact_ratio('strength.peers - strength.value', '100') }}
            when kpi.better = 'higher'
                then
                    1
                    - {{ exact_ratio(
                        'case when strength.value > 0 then strength.value else 0 * strength.value end',
                        'strength.target'
                    ) }}
            else 1 - {{ exact_ratio('strength.target', 'strength.value') }}
        end as gap
    from {{ being_closed(ref('fct_strength')) }} as strength
    inner join {{ source('scheme', 'strength_review') }} as review
        on strength.period_id = review.period_id
    left join {{ source('scheme', 'kpi') }} as kpi
        on strength.subject_kind = 'kpi' and strength.subject_id = kpi.kpi_id
    left join {{ ref('competencies') }} as competency
        on strength.subject_kind = 'competency' and strength.subject_id = competency.competency_id
    where strength.standing = 'weakness' or (strength.subject_kind = 'kpi' and strength.standing <> 'strength')

),

-- in the direction in which the KPI is better
known as (

    select
        effect.period_id,
        effect.course_id,
        effect.kpi_id,
        effect.verdict,
        effect.shrunk_effect,
        case when kpi.better = 'higher' then effect.shrunk_effect else -effect.shrunk_effect end as improvement
    from {{ being_closed(ref('fct_course_effect')) }} as effect
    inner join {{ source('scheme', 'kpi') }} as kpi
        on effect.kpi_id = kpi.kpi_id

),

proposed as (

    select
        lacking.*,
        known.course_id,
        known.shrunk_effect,
        known.improvement
    from lacking
    inner join known
        on
            lacking.period_id = known.period_id
            and lacking.subject_kind = 'kpi'
            and lacking.subject_id = known.kpi_id
    where lacking.gap > 0 and known.verdict = 'works'

    union all

    select
        lacking.*,
        course.course_id,
        cast(null as decimal(18, 8)) as shrunk_effect,
        cast(null as decimal(18, 8)) as improvement
    from lacking
    inner join {{ ref('courses') }} as course
        on lacking.competency_id = course.competency_id
    left join known
        on
            lacking.period_id = known.period_id
            and lacking.subject_kind = 'kpi'
            and lacking.subject_id = known.kpi_id
            and course.course_id = known.course_id
    -- one that has been measured and was not seen to help is not proposed
    where lacking.gap > 0 and coalesce(known.verdict, 'not_enough_data') = 'not_enough_data'

),

begun as (

    select distinct
        period.period_id,
        enrolment.employee_id,
        enrolment.course_id
    from {{ ref('enrolments') }} as enrolment
    inner join {{ source('control', 'period') }} as period
        on coalesce(enrolment.started_on, enrolment.finished_on, period.ends_on) <= period.ends_on

),

-- a course once a person, for what it helps most in
best as (

    select
        proposed.*,
        proposed.gap * proposed.improvement as gain
    from proposed
    left join begun
        on
            proposed.period_id = begun.period_id
            and proposed.employee_id = begun.employee_id
            and proposed.course_id = begun.course_id
    where begun.employee_id is null
    qualify
        row_number() over (
            partition by proposed.period_id, proposed.employee_id, proposed.course_id
            order by
                gain desc nulls last, proposed.standing = 'weakness' desc, proposed.gap desc, proposed.subject_id asc
        ) = 1

),

ranked as (

    select
        best.*,
        row_number() over (
            partition by best.period_id, best.employee_id
            order by best.gain desc nulls last, best.standing = 'weakness' desc, best.gap desc, best.course_id asc
        ) as rank
    from best

)

select
    ranked.period_id,
    ranked.employee_id,
    ranked.course_id,
    cast(ranked.rank as integer) as rank,
    ranked.subject_kind,
    ranked.subject_id,
    ranked.standing,
    cast(ranked.gap as decimal(18, 8)) as gap,
    ranked.shrunk_effect,
    cast(ranked.gain as decimal(18, 8)) as gain,
    '建议学习「' || course.name_zh || '」：「' || ranked.subject_zh || '」'
    || case
        when not ranked.is_gap_told then '低于同岗'
        when ranked.subject_kind = 'kpi' then '距目标还差 ' || {{ as_percent('ranked.gap') }} || '%'
        else '比同岗平均低 ' || {{ as_percent('ranked.gap') }} || ' 分'
    end
    || case
        when ranked.standing = 'weakness' then '，已认定为弱项'
        else '，尚不足以认定为弱项'
    end
    || coalesce(
        '；已测得的课程效果（收缩后）' || {{ as_percent('ranked.shrunk_effect') }} || '%。', '；该课程的效果尚未测得。'
    ) as reason_zh,
    'Take "' || course.name_en || '": "' || ranked.subject_en || '" is '
    || case
        when not ranked.is_gap_told then 'below the peers'
        when ranked.subject_kind = 'kpi' then {{ as_percent('ranked.gap') }} || ' % short of the target'
        else {{ as_percent('ranked.gap') }} || ' points below the peers'
    end
    || case when ranked.standing = 'weakness' then ', a weakness' else ', not yet enough to call it a weakness' end
    || coalesce(
        '; measured effect of the course, shrunk: ' || {{ as_percent('ranked.shrunk_effect') }} || ' %.',
        '; its effect has not been measured yet.'
    ) as reason_en
from ranked
inner join {{ ref('courses') }} as course
    on ranked.course_id = course.course_id
