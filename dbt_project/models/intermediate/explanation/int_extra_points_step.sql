-- How often the actual holds what points are given for, and what that comes to.
with given as (

    select
        extra.*,
        kpi.name_zh as kpi_zh,
        kpi.name_en as kpi_en,
        kpi.unit,
        kpi.unit_zh
    from {{ being_closed(ref('fct_extra_points')) }} as extra
    inner join {{ source('scheme', 'kpi') }} as kpi
        on extra.kpi_id = kpi.kpi_id

),

worded as (

    select
        given.*,
        -- fct_extra_points bounds the times in the same way
        points_each * cast(least(times, 100000000) as decimal(19, 0)) <> points as is_bounded,
        {{ in_its_unit('actual') }},
        {{ in_its_unit('per') }},
        {{ as_number('times') }} as times_text,
        {{ as_number('points_each') }} as each_text,
        {{ as_number_of('points_each', 'point', 'points') }} as each_en,
        {{ as_number('at_most') }} as most_text,
        {{ as_number('points') }} as points_text,
        {{ as_number_of('points', 'point', 'points') }} as points_en
    from given

)

select
    period_id,
    employee_id,
    'extra_points' as kind,
    extra_id,
    kpi_id,
    {{ sentences([
        (
            'actual is null',
            '附加分「{name_zh}」：{kpi_zh}没有计入任何记录 → 0 分',
            'extra points, {name_en}: no row of {kpi_en} counted → 0 points'
        ),
        (
            'is_bounded',
            '附加分「{name_zh}」：{kpi_zh} {actual_zh}，含 {times_text} 个完整的 {per_zh}，每个 {each_text} 分，增减至多 {most_text} 分 → {points_text} 分',
            'extra points, {name_en}: {kpi_en} {actual_en} is {times_text} whole {per_en}, {each_en} each, '
            ~ 'at most {most_text} up or down → {points_en}'
        ),
        (
            'true',
            '附加分「{name_zh}」：{kpi_zh} {actual_zh}，含 {times_text} 个完整的 {per_zh} → {times_text} × {each_text} = {points_text} 分',
            'extra points, {name_en}: {kpi_en} {actual_en} is {times_text} whole {per_en} → '
            ~ '{times_text} × {each_text} = {points_en}'
        )
    ]) }},
    cast(points as decimal(38, 12)) as value
from worded
