select
    evaluation.period_id,
    evaluation.employee_id,
    employee.name_zh as employee_zh,
    employee.name_en as employee_en,
    evaluation.department_id,
    department.name_zh as department_zh,
    department.name_en as department_en,
    evaluation.position_id,
    position.name_zh as position_zh,
    position.name_en as position_en,
    evaluation.kpi_score,
    evaluation.feedback_score,
    evaluation.final_score,
    evaluation.grade,
    grade.name_zh as grade_zh,
    grade.name_en as grade_en,
    computed.name_zh as computed_grade_zh,
    computed.name_en as computed_grade_en,
    evaluation.calibrated_by,
    evaluation.calibration_reason,
    evaluation.rank_in_department,
    evaluation.department_headcount,
    evaluation.rank_in_position,
    evaluation.coverage,
    evaluation.status,
    evaluation.reason_zh,
    evaluation.reason,
    payout.amount as payout,
    payout.currency,
    payout.status as payout_status
from {{ being_closed(ref('fct_evaluation')) }} as evaluation
inner join {{ ref('employees') }} as employee
    on evaluation.employee_id = employee.employee_id
left join {{ ref('departments') }} as department
    on evaluation.department_id = department.department_id
left join {{ ref('positions') }} as position
    on evaluation.position_id = position.position_id
left join {{ source('scheme', 'grade') }} as grade
    on evaluation.period_id = grade.period_id and evaluation.grade = grade.grade
left join {{ source('scheme', 'grade') }} as computed
    on evaluation.period_id = computed.period_id and evaluation.grade_before_calibration = computed.grade
left join {{ ref('fct_payout') }} as payout
    on
        evaluation.period_id = payout.period_id
        and evaluation.employee_id = payout.employee_id
        and evaluation.revision = payout.revision
