-- What employees are strong and weak in. One row an own KPI or shown competency, also where nothing can be said.
with compared as (

    select
        period_id,
        employee_id,
        'kpi' as subject_kind,
        kpi_id as subject_id,
        actual as value,
        cast(sample as bigint) as sample,
        target,
        own_before,
        peers,
        cast(peers_count as integer) as peers_count,
        is_against_peers,
        cast(weeks as integer) as weeks,
        advantage,
        is_large,
        coalesce(case when better = 'higher' then actual >= target else actual <= target end, true) as has_reached,
        coalesce(case when better = 'higher' then actual < target else actual > target end, true) as has_missed,
        p_value
    from {{ ref('int_kpi_strength') }}

    union all

    select
        period_id,
        employee_id,
        'competency' as subject_kind,
        competency_id as subject_id,
        value,
        sample,
        cast(null as decimal(28, 8)) as target,
        cast(null as decimal(28, 8)) as own_before,
        peers,
        cast(peers_count as integer) as peers_count,
        true as is_against_peers,
        cast(null as integer) as weeks,
        advantage,
        is_large,
        true as has_reached,
        true as has_missed,
        p_value
    from {{ ref('int_competency_strength') }}

),

ranked as (

    select
        *,
        row_number() over (a_period order by p_value nulls last, employee_id, subject_kind, subject_id) as place,
        count(p_value) over a_period as tests
    from compared
    window a_period as (partition by period_id)

),

judged as (

    select
        ranked.*,
        {{ is_discovery('scheme.false_findings', 'ranked.period_id') }} as is_found,
        -- of two peers each could tell the other's figure from their mean and the own
        case when ranked.peers_count >= scheme.fewest_peers_told then ranked.peers end as peers_told,
        scheme.min_sample,
        scheme.min_weeks,
        look.starts_on as looked_back_to
    from ranked
    inner join {{ source('scheme', 'strength_review') }} as scheme
        on ranked.period_id = scheme.period_id
    inner join {{ strength_window() }} as look
        on ranked.period_id = look.period_id

),

standing as (

    select
        judged.*,
        case
            when p_value is null then 'not_enough_data'
            when is_found and is_large and advantage > 0 and has_reached then 'strength'
            when is_found and is_large and advantage < 0 and has_missed then 'weakness'
            else 'neither'
        end as standing
    from judged

),

figures as (

    select
        standing.*,
        coalesce(kpi.unit, '') as unit,
        coalesce(kpi.unit_zh, '') as unit_zh,
        coalesce(kpi.is_sum_like, false) as is_sum_like,
        coalesce(kpi.name_zh, competency.name_zh, standing.subject_id) as name_zh,
        coalesce(kpi.name_en, competency.name_en, standing.subject_id) as name_en
    from standing
    left join {{ source('scheme', 'kpi') }} as kpi
        on standing.subject_kind = 'kpi' and standing.subject_id = kpi.kpi_id
    left join {{ ref('competencies') }} as competency
        on standing.subject_kind = 'competency' and standing.subject_id = competency.competency_id

),

spoken as (

    select
        figures.*,
        {% for language, unit in [('zh', 'unit_zh'), ('en', 'unit')] -%}
        {% for figure in ['value', 'target', 'own_before', 'peers_told'] -%}
        case
            when unit = 'share'
                then
                    cast(cast(round({{ figure }} * 100, 1) as decimal(28, 1)) as varchar)
                    || '{{ "%" if language == "zh" else " %" }}'
            else
                {{ as_number('cast(round(' ~ figure ~ ', 2) as decimal(28, 2))') }}
                || case when {{ unit }} = '' then '' else ' ' || {{ unit }} end
        end as {{ figure }}_{{ language }},
        {% endfor -%}
        {% endfor -%}
        case when p_value < 0.0001 then '< 0.0001' else '= ' || cast(round(p_value, 4) as decimal(9, 4)) end as p
    from figures

)

select
    period_id,
    employee_id,
    subject_kind,
    subject_id,
    value,
    sample,
    target,
    own_before,
    peers,
    peers_count,
    weeks,
    -- spread and p-value of a competency could give answers away
    case when subject_kind = 'kpi' then cast(round(p_value, 6) as decimal(9, 6)) end as p_value,
    standing,
    '「' || name_zh || '」' || coalesce(value_zh, '本周期无数据')
    || coalesce('，目标 ' || target_zh, '')
    || coalesce(
        '，此前（' || looked_back_to || ' 起' || case when is_sum_like then '合计' else '' end || '）' || own_before_zh, ''
    )
    || coalesce('，同岗 ' || peers_count || ' 人平均 ' || peers_told_zh, '')
    || case standing
        when 'not_enough_data'
            then
                '：数据不足，不作判断'
                || case
                    when subject_kind = 'kpi'
                        then
                            '（' || sample || ' 条、' || weeks || ' 周；至少需要 ' || min_sample || ' 条、' || min_weeks
                            || ' 周）。'
                    else '。'
                end
        when 'neither' then '：与' || case when is_against_peers then '同岗' else '目标' end || '的差别不足以认定为强项或弱项。'
        else
            case
                when subject_kind = 'kpi'
                    then
                        '：' || weeks || ' 周逐周与' || case when is_against_peers then '同岗' else '目标' end || '相比'
                        || case when advantage > 0 then '更好' else '更差' end || '（p ' || p || '）'
                else '：' || case when advantage > 0 then '明显高于同岗' else '明显低于同岗' end
            end
            || case standing when 'strength' then '：强项。' else '：弱项。' end
    end as reason_zh,
    '"' || name_en || '": ' || coalesce(value_en, 'no data in this period')
    || coalesce(', target ' || target_en, '')
    || coalesce(
        ', before (from ' || looked_back_to || ' on' || case when is_sum_like then ', together' else '' end || ') '
        || own_before_en,
        ''
    )
    || coalesce(', ' || peers_count || ' peers on average ' || peers_told_en, '')
    || case standing
        when 'not_enough_data'
            then
                ': not enough data for a verdict'
                || case
                    when subject_kind = 'kpi'
                        then
                            ' (' || sample || case sample when 1 then ' row, ' else ' rows, ' end || weeks
                            || case weeks when 1 then ' week; ' else ' weeks; ' end || min_sample || ' rows and '
                            || min_weeks || ' weeks are needed).'
                    else '.'
                end
        when 'neither'
            then
                ': no such difference from ' || case when is_against_peers then 'the peers' else 'the target' end
                || ' that it would be a strength or a weakness.'
        else
            case
                when subject_kind = 'kpi'
                    then
                        ': ' || case when advantage > 0 then 'better' else 'worse' end || ' than '
                        || case when is_against_peers then 'the peers' else 'the target' end || ' over ' || weeks
                        || ' weeks (p ' || p || ')'
                else ': clearly ' || case when advantage > 0 then 'above' else 'below' end || ' the peers'
            end
            || case standing when 'strength' then ': a strength.' else ': a weakness.' end
    end as reason_en
from spoken
