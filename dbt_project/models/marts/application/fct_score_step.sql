-- Every step of every score in words, in the order in which they are read.
with steps as (

    select * from {{ ref('int_kpi_step') }}
    union all by name
    select * from {{ ref('int_assignment_step') }}
    union all by name
    select * from {{ ref('int_part_step') }}
    union all by name
    select * from {{ ref('int_feedback_step') }}
    union all by name
    select * from {{ ref('int_extra_points_step') }}
    union all by name
    select * from {{ ref('int_final_step') }}
    union all by name
    select * from {{ ref('int_grade_step') }}
    union all by name
    select * from {{ ref('int_rank_step') }}
    union all by name
    select * from {{ ref('int_curve_step') }}
    union all by name
    select * from {{ ref('int_payout_step') }}

),

placed as (

    select
        *,
        list_position(
            [
                'kpi', 'target', 'points', 'assignment', 'part', 'kpi_score', 'feedback_relation', 'feedback',
                'extra_points', 'final', 'reason', 'grade', 'quota', 'veto', 'calibration', 'rank', 'curve', 'due',
                'payout'
            ],
            kind
        ) as place
    from steps

)

select
    period_id,
    employee_id,
    cast(row_number() over (
        partition by period_id, employee_id
        order by
            -- an assignment stands beneath its KPIs, and each of these with its target and points
            greatest(place, 4) asc,
            active_from asc,
            position_id asc,
            department_id asc,
            weight desc nulls last,
            kpi_id asc,
            relation asc,
            extra_id asc,
            place asc
    ) as integer) as step,
    kind,
    position_id,
    department_id,
    active_from,
    kpi_id,
    relation,
    extra_id,
    text_zh,
    text_en,
    value
from placed
