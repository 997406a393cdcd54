-- What each relation of raters says, as far as it may be shown, and of who is evaluated the 360° score, or what is done
-- without one.
with relations as (

    select
        *,
        case relation when 'manager' then '上级' when 'peer' then '同事' when 'report' then '下属' else '自评' end
            as relation_zh,
        case relation when 'peer' then 'peers' when 'report' then 'reports' else relation end as relation_en,
        raters is null as is_secret,
        {{ in_percent('weight') }},
        {{ as_number('score') }} as score_text,
        {{ as_number('raters') }} as raters_text,
        {{ as_number('invited') }} as invited_text,
        {{ as_number_of('invited', 'rater', 'raters') }} as invited_en
    from {{ being_closed(ref('fct_feedback_score')) }}

),

answered as (

    select
        *,
        {{ sentences([
            (
                'shown',
                '360°，{relation_zh}：应评 {invited_text} 人、实评 {raters_text} 人的平均 = {score_text}（权重 {weight_zh}）',
                '360°, {relation_en}: mean of {raters_text} of {invited_en} = {score_text} (weight {weight_en})'
            ),
            (
                'is_secret',
                '360°，{relation_zh}：答卷太少，不予展示，也不计入',
                '360°, {relation_en}: too few answers to be shown; they do not count'
            ),
            (
                'true',
                '360°，{relation_zh}：没有答卷',
                '360°, {relation_en}: no answer'
            )
        ]) }}
    from relations

),

sums as (

    select
        period_id,
        employee_id,
        sum(weight) as weight,
        string_agg(score_text || ' × ' || weight_zh, ' + ' order by weight desc, relation asc) as terms_zh,
        string_agg(score_text || ' × ' || weight_en, ' + ' order by weight desc, relation asc) as terms_en
    from relations
    where shown
    group by period_id, employee_id

),

evaluated as (

    select
        evaluation.period_id,
        evaluation.employee_id,
        evaluation.feedback,
        evaluation.feedback_score,
        {{ as_number('evaluation.feedback_score') }} as score_text,
        case
            when sums.weight = 1 then sums.terms_zh
            else '(' || sums.terms_zh || ') ÷ ' || {{ as_percentage('sums.weight', 'zh') }}
        end as mean_zh,
        case
            when sums.weight = 1 then sums.terms_en
            else '(' || sums.terms_en || ') ÷ ' || {{ as_percentage('sums.weight', 'en') }}
        end as mean_en
    from {{ being_closed(ref('fct_evaluation')) }} as evaluation
    left join sums
        on evaluation.period_id = sums.period_id and evaluation.employee_id = sums.employee_id
    where evaluation.status = 'evaluated' and evaluation.feedback <> 'none'

),

feedback as (

    select
        *,
        {{ sentences([
            (
                "feedback = 'given'",
                '360°得分：{mean_zh} = {score_text}',
                '360° score: {mean_en} = {score_text}'
            ),
            (
                "feedback = 'zero'",
                '360°得分：没有可展示的反馈，按约定计 0',
                '360° score: no feedback that may be shown, which by the policy counts 0'
            ),
            (
                'true',
                '360°得分：没有可展示的反馈，按约定只计KPI得分',
                '360° score: no feedback that may be shown, so that by the policy the KPI score counts alone'
            )
        ]) }}
    from evaluated

)

select
    period_id,
    employee_id,
    'feedback_relation' as kind,
    weight,
    relation,
    text_zh,
    text_en,
    cast(score as decimal(38, 12)) as value
from answered

union all by name

select
    period_id,
    employee_id,
    'feedback' as kind,
    null as weight,
    null as relation,
    text_zh,
    text_en,
    cast(feedback_score as decimal(38, 12)) as value
from feedback
