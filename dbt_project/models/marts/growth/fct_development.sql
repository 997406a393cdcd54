-- Whom the grades of a longer period's months propose for a promotion or for support, by the scheme's rule. A month by
-- itself proposes nobody; a longer period is closed only when its months are, so that it does not matter which others
-- are.
with graded as (

    select
        month.period_id,
        month.employee_id,
        month.month_id,
        rule.kind,
        rule.grade,
        rule.share,
        rule.min_months,
        case rule.kind
            when 'promotion_candidate' then given.sort_order <= bound.sort_order
            else given.sort_order >= bound.sort_order
        end as counts,
        bound.name_zh,
        bound.name_en
    from {{ source('control', 'month_grade') }} as month
    inner join {{ source('scheme', 'development_rule') }} as rule
        on month.period_id = rule.period_id
    inner join {{ source('scheme', 'grade') }} as bound
        on rule.period_id = bound.period_id and rule.grade = bound.grade
    left join {{ source('scheme', 'grade') }} as given
        on month.period_id = given.period_id and month.grade = given.grade

),

counted as (

    select
        period_id,
        employee_id,
        kind,
        grade,
        share,
        min_months,
        name_zh,
        name_en,
        count(*) as months,
        -- a grade that the scheme no longer has counts for nothing
        count(*) filter (where counts) as months_with_grade
    from graded
    group by period_id, employee_id, kind, grade, share, min_months, name_zh, name_en

),

-- of who has left nothing is proposed
present as (

    select distinct
        held.period_id,
        held.employee_id
    from {{ being_closed(ref('int_assignment_period')) }} as held
    inner join {{ source('control', 'period') }} as period
        on held.period_id = period.period_id and held.active_to = period.ends_on

),

strong as (

    select
        period_id,
        employee_id,
        count(*) filter (where standing = 'strength') as strengths,
        count(*) filter (where standing = 'weakness') as weaknesses
    from {{ being_closed(ref('fct_strength')) }}
    group by period_id, employee_id

)

select
    counted.period_id,
    counted.employee_id,
    counted.kind,
    counted.grade,
    cast(counted.months as integer) as months,
    cast(counted.months_with_grade as integer) as months_with_grade,
    cast(coalesce(strong.strengths, 0) as integer) as strengths,
    cast(coalesce(strong.weaknesses, 0) as integer) as weaknesses,
    case counted.kind when 'promotion_candidate' then '晋升候选：' else '帮扶计划：' end
    || '已评估的 ' || counted.months || ' 个月中有 ' || counted.months_with_grade || ' 个月为「' || counted.name_zh || '」或'
    || case counted.kind when 'promotion_candidate' then '更好' else '更差' end
    || '（至少需要 ' || {{ as_percent('counted.share') }} || '%）；本周期强项 ' || coalesce(strong.strengths, 0) || ' 个、弱项 '
    || coalesce(strong.weaknesses, 0) || ' 个。' as reason_zh,
    case counted.kind when 'promotion_candidate' then 'Candidate for promotion: ' else 'Support plan: ' end
    || counted.months_with_grade || ' of '
    || {{ as_number_of('counted.months', 'evaluated month', 'evaluated months') }}
    || ' at "' || counted.name_en || '" or '
    || case counted.kind when 'promotion_candidate' then 'better' else 'worse' end
    || ' (' || {{ as_percent('counted.share') }} || ' % are needed); strengths in this period: '
    || coalesce(strong.strengths, 0) || ', weaknesses: ' || coalesce(strong.weaknesses, 0) || '.' as reason_en
from counted
inner join present
    on counted.period_id = present.period_id and counted.employee_id = present.employee_id
left join strong
    on counted.period_id = strong.period_id and counted.employee_id = strong.employee_id
where counted.months >= counted.min_months and counted.months_with_grade >= counted.share * counted.months
