-- Calibrations of the periods being closed that do not hold: the computed grade is not the one that their author saw.
select
    calibration.period_id,
    calibration.employee_id,
    calibration.calibrated_by,
    calibration.computed_grade as grade_seen,
    evaluation.grade_before_calibration as computed_grade
from {{ source('control', 'calibration') }} as calibration
inner join {{ source('control', 'period') }} as period
    on calibration.period_id = period.period_id
left join {{ ref('fct_evaluation') }} as evaluation
    on
        calibration.period_id = evaluation.period_id
        and calibration.employee_id = evaluation.employee_id
where evaluation.grade_before_calibration is distinct from calibration.computed_grade
