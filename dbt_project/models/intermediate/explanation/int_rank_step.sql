-- The ranks of who is evaluated, and how many share the one in the department.
with worded as (

    select
        evaluation.period_id,
        evaluation.employee_id,
        evaluation.rank_in_department as value,
        coalesce(department.name_zh, evaluation.department_id) as department_zh,
        coalesce(department.name_en, evaluation.department_id) as department_en,
        count(*) over same_score > 1 as is_shared,
        {{ as_number('count(*) over same_score') }} as sharing,
        {{ as_number('evaluation.department_headcount') }} as headcount,
        {{ as_number('evaluation.rank_in_department') }} as department_rank,
        {{ as_number('evaluation.rank_in_position') }} as position_rank,
        {{ as_number('evaluation.rank_in_company') }} as company_rank
    from {{ being_closed(ref('fct_evaluation')) }} as evaluation
    left join {{ ref('departments') }} as department
        on evaluation.department_id = department.department_id
    where evaluation.status = 'evaluated'
    window same_score as (
        partition by evaluation.period_id, evaluation.department_id, evaluation.final_score
    )

)

select
    period_id,
    employee_id,
    'rank' as kind,
    {{ sentences([
        (
            'is_shared',
            '排名：{department_zh}参评 {headcount} 人中第 {department_rank}（{sharing} 人并列），岗位第 {position_rank}，公司第 {company_rank}',
            'rank: {department_rank} of {headcount} in {department_en}, shared by {sharing}; '
            ~ '{position_rank} in the position, {company_rank} in the company'
        ),
        (
            'true',
            '排名：{department_zh}参评 {headcount} 人中第 {department_rank}，岗位第 {position_rank}，公司第 {company_rank}',
            'rank: {department_rank} of {headcount} in {department_en}; '
            ~ '{position_rank} in the position, {company_rank} in the company'
        )
    ]) }},
    cast(value as decimal(38, 12)) as value
from worded
