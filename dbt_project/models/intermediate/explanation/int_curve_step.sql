-- What the pay curve makes of a score or a weighted attainment, and of the grade's factor where both pay.
with placed as (

    select
        *,
        {{ curve_factor('curve_value') }} as factor,
        {{ accelerated('curve_value') }} as beyond_last,
        {{ point_below('curve_value') }} as below,
        {{ point_above('curve_value') }} as above
    from {{ ref('int_pay_multiplier') }}
    where value_of is not null

),

worded as (

    select
        placed.period_id,
        placed.employee_id,
        placed.multiplier as value,
        placed.curve_value,
        placed.kind,
        case
            when placed.curve_value is null then 'nothing reached'
            when placed.curve_value < placed.threshold then 'below the threshold'
            when placed.curve_value > placed.last_at and placed.rate is not null then 'accelerated'
            when placed.kind = 'piecewise' and placed.below is not null and placed.above is not null then 'on a line'
            else 'level'
        end as lies,
        case placed.value_of when 'final_score' then '最终得分' else '加权达成率' end as measure_zh,
        case placed.value_of when 'final_score' then 'final score' else 'weighted attainment' end as measure_en,
        {{ as_number('placed.curve_value') }} as reached,
        {{ as_number('placed.threshold') }} as threshold,
        {{ as_number('placed.factor') }} as factor,
        {{ as_number('placed.last_at') }} as last_at,
        {{ as_number('placed.last_factor') }} as last_factor,
        {{ as_number('placed.rate') }} as rate,
        case when placed.per = 1 then '' else ' ÷ ' || {{ as_number('placed.per') }} end as each,
        {{ as_number('placed.beyond_last') }} as beyond_last,
        {{ as_number('placed.below[1]') }} as from_value,
        {{ as_number('placed.below[2]') }} as from_factor,
        {{ as_number('placed.above[1]') }} as to_value,
        {{ as_number('placed.above[2]') }} as to_factor,
        case when placed.beyond_last > placed.cap then '，封顶 ' || {{ as_number('placed.cap') }} else '' end
            as capped_zh,
        case when placed.beyond_last > placed.cap then ', at most ' || {{ as_number('placed.cap') }} else '' end
            as capped_en,
        case
            when placed.grade_multiplier is null then ''
            else
                '；× ' || grade.name_zh || '系数：' || {{ as_number('placed.factor') }} || ' × '
                || {{ as_number('placed.grade_multiplier') }} || ' = ' || {{ as_number('placed.multiplier') }}
        end as product_zh,
        case
            when placed.grade_multiplier is null then ''
            else
                '; times that of ' || grade.name_en || ': ' || {{ as_number('placed.factor') }} || ' × '
                || {{ as_number('placed.grade_multiplier') }} || ' = ' || {{ as_number('placed.multiplier') }}
        end as product_en
    from placed
    inner join {{ source('scheme', 'bonus_cycle') }} as cycle
        on placed.period_id = cycle.period_id
    inner join {{ source('control', 'period') }} as period
        on placed.period_id = period.period_id and cycle.cycle = period.kind
    inner join {{ source('scheme', 'grade') }} as grade
        on placed.period_id = grade.period_id and placed.grade = grade.grade

)

select
    period_id,
    employee_id,
    'curve' as kind,
    {{ sentences([
        (
            "lies = 'nothing reached'",
            '奖金曲线：没有可计的达成率，系数 {factor}{product_zh}',
            'pay curve: no attainment counts, factor {factor}{product_en}'
        ),
        (
            "lies = 'below the threshold'",
            '奖金曲线：{measure_zh} {reached} 低于门槛 {threshold}，系数 {factor}{product_zh}',
            'pay curve: {measure_en} {reached} is below {threshold}, factor {factor}{product_en}'
        ),
        (
            "lies = 'accelerated'",
            '奖金曲线：{measure_zh} {reached} 超过 {last_at}，系数：{last_factor} + {rate} × ({reached} - {last_at}){each} = {beyond_last}{capped_zh}{product_zh}',
            'pay curve: {measure_en} {reached} lies beyond {last_at}, factor: {last_factor} + {rate} × ({reached} - {last_at}){each} = {beyond_last}{capped_en}{product_en}'
        ),
        (
            "lies = 'on a line'",
            '奖金曲线：{measure_zh} {reached} 位于 {from_value} 与 {to_value} 之间，系数：{from_factor} + ({to_factor} - {from_factor}) × ({reached} - {from_value}) ÷ ({to_value} - {from_value}) = {factor}{product_zh}',
            'pay curve: {measure_en} {reached} lies between {from_value} and {to_value}, factor: {from_factor} + ({to_factor} - {from_factor}) × ({reached} - {from_value}) ÷ ({to_value} - {from_value}) = {factor}{product_en}'
        ),
        (
            'true',
            '奖金曲线：{measure_zh} {reached}，系数 {factor}{product_zh}',
            'pay curve: {measure_en} {reached}, factor {factor}{product_en}'
        )
    ]) }},
    cast(value as decimal(38, 12)) as value
from worded
