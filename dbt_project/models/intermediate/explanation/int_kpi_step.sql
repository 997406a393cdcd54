-- The steps of each KPI of an assignment: from the actual to the weighted score, why the target is what it is, and how
-- the rule gives the points. Materialized, because a window hands over its rows in many small chunks, and long
-- expressions cost by the chunk.
with scored as materialized (

    select
        score.*,
        kpi.name_zh,
        kpi.name_en,
        kpi.unit,
        kpi.unit_zh,
        kpi.better,
        period.month_parts,
        period.month_whole,
        assigned.target_of,
        coalesce(department.name_zh, assigned.target_department_id) as target_department_zh,
        coalesce(department.name_en, assigned.target_department_id) as target_department_en,
        score.rule_parameters as parameters,
        least(coalesce(score.attainment, 1000000000), cast(1000000000 as decimal(28, 8))) as rated_attainment,
        sum(score.weight) filter (where score.points is not null) over (
            partition by
                score.period_id, score.employee_id, score.position_id, score.department_id, score.active_from
        ) as covered_weight
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ being_closed(ref('int_assigned_kpi')) }} as assigned
        on
            score.period_id = assigned.period_id
            and score.employee_id = assigned.employee_id
            and score.position_id = assigned.position_id
            and score.department_id = assigned.department_id
            and score.active_from = assigned.active_from
            and score.kpi_id = assigned.kpi_id
    left join {{ ref('departments') }} as department
        on assigned.target_department_id = department.department_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on score.kpi_id = kpi.kpi_id
    inner join {{ source('control', 'period') }} as period
        on score.period_id = period.period_id
    inner join {{ source('scheme', 'evaluation') }} as evaluation
        on score.period_id = evaluation.period_id
    -- the score of a mean of shorter periods does not come of the KPIs of the whole
    where evaluation.mean_of is null

),

computed as (

    select
        *,
        {{ points('rated_attainment') }} as points_by_rule,
        1 + growth as growth_factor,
        case
            when status <> 'no_data' then null
            when prorated_target is null then 'no_base'
            when better = 'higher' and prorated_target = 0 then 'not_asked'
            when min_sample > 1 and contributions < min_sample then 'few_rows'
            when contributions = 0 then 'no_rows'
            else 'no_figure'
        end as missing
    from scored

),

worded as (

    select
        computed.* exclude (
            attainment, points, weight, weighted_score, covered_weight, contributions, min_sample, month_parts,
            month_whole, prorated_part, prorated_whole, points_by_rule, growth_factor
        ),
        weight as kpi_weight,
        weighted_score as kpi_value,
        points as points_value,
        points_by_rule <> points as is_bounded,
        attainment is null as is_best_possible,
        prorated_by is not null and month_parts <> month_whole as has_months,
        month_whole > 1 as has_part_of_month,
        prorated_part <> prorated_whole or prorated_by = 'team' as is_prorated,
        has_months or coalesce(is_prorated, false) as has_factors,
        coalesce(covered_weight, 0) > 0 as others_have_data,
        case target_of
            when 'employee' then '（个人目标）'
            when 'department' then '（' || target_department_zh || '的目标）'
            else ''
        end as whose_zh,
        case target_of
            when 'employee' then ' (the person''s own)'
            when 'department' then ' (that of ' || target_department_en || ')'
            else ''
        end as whose_en,
        name_zh || case
            when scope = 'team' and better = 'lower' then '（团队，越低越好）'
            when scope = 'team' then '（团队）'
            when better = 'lower' then '（越低越好）'
            else ''
        end as label_zh,
        name_en || case
            when scope = 'team' and better = 'lower' then ' (team, lower is better)'
            when scope = 'team' then ' (team)'
            when better = 'lower' then ' (lower is better)'
            else ''
        end as label_en,
        {{ in_its_unit('actual') }},
        {{ in_its_unit('prorated_target') }},
        {{ in_its_unit('line_target') }},
        {{ in_its_unit('year_ago_actual') }},
        {{ in_percent('weight') }},
        {{ in_percent('covered_weight') }},
        {{ as_number('attainment') }} as attainment,
        {{ as_number('points') }} as points,
        {{ as_number_of('points', 'point', 'points') }} as points_en,
        {{ as_number('points_by_rule') }} as points_by_rule,
        {{ as_number_of('points_by_rule', 'point', 'points') }} as points_by_rule_en,
        {{ as_number('floor') }} as least_points,
        {{ as_number('cap') }} as most_points,
        {{ as_number('weighted_score') }} as weighted_score,
        {{ as_number('contributions') }} as contributions,
        {{ as_number_of('contributions', 'row', 'rows') }} as rows_en,
        {{ as_number('min_sample') }} as min_sample,
        {{ as_number('growth_factor') }} as growth_factor,
        {{ as_number('month_parts') }} as month_parts,
        {{ as_number('month_whole') }} as month_whole,
        {{ as_number('prorated_part') }} as prorated_part,
        {{ as_number('prorated_whole') }} as prorated_whole,
        case status when 'exceeded' then '超额' when 'reached' then '达成' else '未达成' end as status_zh,
        {{ rule_in_words('rated_attainment', 'zh') }} as rule_zh,
        {{ rule_in_words('rated_attainment', 'en') }} as rule_en
    from computed

),

-- why there is no data, and the factors of a target
phrased as (

    select
        *,
        case missing
            when 'no_base' then '去年同期没有可作基数的实际值'
            when 'not_asked' then '目标为 0：整个周期不在岗'
            when 'no_rows' then '没有计入任何记录'
            when 'few_rows' then {{ filled('计入 {contributions} 条记录，至少需要 {min_sample} 条') }}
            when 'no_figure' then {{ filled('计入 {contributions} 条记录，但分母为 0') }}
        end as missing_zh,
        case missing
            when 'no_base' then 'nothing to grow from a year ago'
            when 'not_asked' then 'a target of 0, away all the time'
            when 'no_rows' then 'no row counted'
            when 'few_rows' then {{ filled('{contributions} of at least {min_sample} rows') }}
            when 'no_figure' then {{ filled('{rows_en}, with a denominator of 0') }}
        end as missing_en,
        case
            when not has_months then ''
            when has_part_of_month then {{ filled(' × {month_parts} ÷ {month_whole} 个月') }}
            else {{ filled(' × {month_parts} 个月') }}
        end
        || case
            when not is_prorated then ''
            when prorated_by = 'team' then {{ filled(' × {prorated_part} ÷ {prorated_whole} 全职人天') }}
            when prorated_by = 'hours' then {{ filled(' × 工时 {prorated_part} ÷ {prorated_whole} 小时') }}
            else {{ filled(' × {prorated_part} ÷ {prorated_whole} 天') }}
        end as factors_zh,
        case
            when not has_months then ''
            when has_part_of_month then {{ filled(' × {month_parts} ÷ {month_whole} months') }}
            else {{ filled(' × {month_parts} months') }}
        end
        || case
            when not is_prorated then ''
            when prorated_by = 'team'
                then {{ filled(' × {prorated_part} ÷ {prorated_whole} full-time days of the team') }}
            when prorated_by = 'hours' then {{ filled(' × {prorated_part} ÷ {prorated_whole} hours worked') }}
            else {{ filled(' × {prorated_part} ÷ {prorated_whole} days') }}
        end as factors_en
    from worded

),

kpi as (

    select
        *,
        'kpi' as kind,
        kpi_value as value,
        {{ sentences([
            (
                "missing is not null and no_data = 'zero'",
                '{label_zh}：无数据（{missing_zh}）→ 按约定 0 分 × 权重 {weight_zh} × 10 = 0',
                '{label_en}: no data ({missing_en}) → by its policy 0 points × weight {weight_en} × 10 = 0'
            ),
            (
                "missing is not null and no_data = 'hold'",
                '{label_zh}：无数据（{missing_zh}）→ 有数据之前暂缓评估',
                '{label_en}: no data ({missing_en}) → held back until there is'
            ),
            (
                "missing is not null and others_have_data",
                '{label_zh}：无数据（{missing_zh}）→ 不计；其权重 {weight_zh} 由有数据的指标分担，合计 {covered_weight_zh}',
                '{label_en}: no data ({missing_en}) → left out; its weight of {weight_en} is spread over the KPIs '
                ~ 'with data, {covered_weight_en} together'
            ),
            (
                "missing is not null",
                '{label_zh}：无数据（{missing_zh}）→ 不计；没有任何指标有数据',
                '{label_en}: no data ({missing_en}) → left out; no KPI has data'
            ),
            (
                "is_best_possible",
                '{label_zh}：实际 {actual_zh}，再好不过 → {status_zh} → {points} 分 × 权重 {weight_zh} × 10 = {weighted_score}',
                '{label_en}: actual {actual_en}, which cannot be better → {status} → {points_en} × '
                ~ 'weight {weight_en} × 10 = {weighted_score}'
            ),
            (
                "better = 'lower'",
                '{label_zh}：目标 {prorated_target_zh} ÷ 实际 {actual_zh} = 达成率 {attainment} → {status_zh} → '
                ~ '{points} 分 × 权重 {weight_zh} × 10 = {weighted_score}',
                '{label_en}: target {prorated_target_en} ÷ actual {actual_en} = attainment {attainment} → {status} → '
                ~ '{points_en} × weight {weight_en} × 10 = {weighted_score}'
            ),
            (
                "true",
                '{label_zh}：实际 {actual_zh} ÷ 目标 {prorated_target_zh} = 达成率 {attainment} → {status_zh} → '
                ~ '{points} 分 × 权重 {weight_zh} × 10 = {weighted_score}',
                '{label_en}: actual {actual_en} ÷ target {prorated_target_en} = attainment {attainment} → {status} → '
                ~ '{points_en} × weight {weight_en} × 10 = {weighted_score}'
            )
        ]) }}
    from phrased

),

target as (

    select
        *,
        'target' as kind,
        prorated_target as value,
        {{ sentences([
            (
                "growth is not null",
                '目标{whose_zh}：去年同期 {year_ago_actual_zh} × {growth_factor} = {prorated_target_zh}',
                'target{whose_en}: {year_ago_actual_en} a year ago × {growth_factor} = {prorated_target_en}'
            ),
            (
                'not has_factors',
                '目标{whose_zh}：{prorated_target_zh}',
                'target{whose_en}: {prorated_target_en}'
            ),
            (
                "prorated_by = 'team'",
                '目标{whose_zh}：团队每月 {line_target_zh}{factors_zh} = {prorated_target_zh}',
                'target{whose_en}: {line_target_en} a month of the team{factors_en} = {prorated_target_en}'
            ),
            (
                "true",
                '目标{whose_zh}：每月 {line_target_zh}{factors_zh} = {prorated_target_zh}',
                'target{whose_en}: {line_target_en} a month{factors_en} = {prorated_target_en}'
            )
        ]) }}
    from phrased
    where prorated_target is not null and (has_factors or growth is not null or target_of <> 'position')

),

points as (

    select
        *,
        'points' as kind,
        points_value as value,
        {{ sentences([
            (
                "is_best_possible",
                '规则 {rule_id}：实际为 0 得最高分 → {points} 分',
                'rule {rule_id}: an actual of 0 has the most points → {points_en}'
            ),
            (
                "is_bounded and points_value = floor",
                '规则 {rule_id}：{rule_zh} → {points_by_rule} 分，至少 {least_points} 分 → {points} 分',
                'rule {rule_id}: {rule_en} → {points_by_rule_en}, at least {least_points} → {points_en}'
            ),
            (
                "is_bounded",
                '规则 {rule_id}：{rule_zh} → {points_by_rule} 分，至多 {most_points} 分 → {points} 分',
                'rule {rule_id}: {rule_en} → {points_by_rule_en}, at most {most_points} → {points_en}'
            ),
            (
                "true",
                '规则 {rule_id}：{rule_zh} → {points} 分',
                'rule {rule_id}: {rule_en} → {points_en}'
            )
        ]) }}
    from phrased
    where missing is null

)

{% for step in ['kpi', 'target', 'points'] -%}
select
    period_id,
    employee_id,
    kpi_weight as weight,
    kind,
    position_id,
    department_id,
    active_from,
    kpi_id,
    text_zh,
    text_en,
    cast(value as decimal(38, 12)) as value
from {{ step }}
{% if not loop.last %}union all{% endif %}
{% endfor -%}
