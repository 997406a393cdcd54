-- The grade of who is evaluated: by bands and by quota, the one that the scheme's method takes, what a veto leaves, and
-- what somebody has given in its place.
with scored as (

    select
        period_id,
        employee_id,
        department_id,
        final_score,
        count(*) over a_department as headcount,
        rank() over (a_department order by final_score desc) - 1 as better_people
    from {{ ref('int_final_score') }}
    where status = 'evaluated'
    window a_department as (partition by period_id, department_id)

),

-- the highest band that the score reaches
banded as (

    select
        scored.*,
        band.grade as band_grade
    from scored
    asof left join {{ source('scheme', 'grade') }} as band
        on scored.period_id = band.period_id and scored.final_score >= band.at_least

),

department as (

    select
        period_id,
        department_id,
        count(*) as headcount
    from scored
    group by period_id, department_id

),

fair as (

    select
        department.period_id,
        department.department_id,
        department.headcount,
        grade.grade,
        grade.sort_order,
        grade.expected * department.headcount as places
    from department
    inner join {{ source('scheme', 'grade') }} as grade
        on department.period_id = grade.period_id
    where grade.expected is not null

),

-- each grade's places in a department by largest remainder; of equal remainders the better grade's comes first
shared_out as (

    select
        period_id,
        department_id,
        grade,
        sort_order,
        floor(places) as whole_places,
        headcount - sum(floor(places)) over a_department as places_left,
        row_number() over (a_department order by places - floor(places) desc, sort_order asc) as remainder_rank
    from fair
    window a_department as (partition by period_id, department_id)

),

reaching as (

    select
        period_id,
        department_id,
        grade,
        sort_order,
        sum(whole_places + case when remainder_rank <= places_left then 1 else 0 end) over (
            partition by period_id, department_id order by sort_order
        ) as places_up_to_here
    from shared_out

),

-- who has fewer better people than there are places has the grade: people tied at a border all get the better one
quota as (

    select
        scored.period_id,
        scored.employee_id,
        arg_min(reaching.grade, reaching.sort_order) as quota_grade
    from scored
    inner join reaching
        on
            scored.period_id = reaching.period_id
            and scored.department_id = reaching.department_id
            and scored.better_people < reaching.places_up_to_here
    group by scored.period_id, scored.employee_id

),

veto as (

    select
        score.period_id,
        score.employee_id,
        max(grade.sort_order) as sort_order,
        arg_min(score.kpi_id, row(-grade.sort_order, score.kpi_id)) as kpi_id
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join {{ source('scheme', 'grade') }} as grade
        on score.period_id = grade.period_id and score.veto_grade = grade.grade
    inner join {{ source('scheme', 'evaluation') }} as evaluation
        on score.period_id = evaluation.period_id
    where
        score.has_vetoed
        -- of a mean of shorter periods each of these has had its own
        and evaluation.mean_of is null
    group by score.period_id, score.employee_id

),

measured as (

    select
        banded.period_id,
        banded.employee_id,
        banded.band_grade,
        evaluation.grade_method,
        -- a department that is too small for a quota has the bands'
        case
            when evaluation.grade_method = 'bands' then null
            when banded.headcount < evaluation.quota_min_headcount then banded.band_grade
            else quota.quota_grade
        end as quota_grade
    from banded
    inner join {{ source('scheme', 'evaluation') }} as evaluation
        on banded.period_id = evaluation.period_id
    left join quota
        on banded.period_id = quota.period_id and banded.employee_id = quota.employee_id

),

chosen as (

    select
        period_id,
        employee_id,
        quota_grade,
        case when grade_method = 'quota' then quota_grade else band_grade end as grade
    from measured

),

computed as (

    select
        chosen.period_id,
        chosen.employee_id,
        chosen.quota_grade,
        chosen.grade as grade_before_veto,
        case when veto.sort_order > grade.sort_order then capped.grade else chosen.grade end as grade,
        case when veto.sort_order > grade.sort_order then veto.kpi_id end as veto_kpi_id
    from chosen
    inner join {{ source('scheme', 'grade') }} as grade
        on chosen.period_id = grade.period_id and chosen.grade = grade.grade
    left join veto
        on chosen.period_id = veto.period_id and chosen.employee_id = veto.employee_id
    left join {{ source('scheme', 'grade') }} as capped
        on veto.period_id = capped.period_id and veto.sort_order = capped.sort_order

)

select
    computed.period_id,
    computed.employee_id,
    computed.quota_grade,
    computed.grade_before_veto,
    computed.veto_kpi_id,
    computed.grade as grade_before_calibration,
    coalesce(calibration.grade, computed.grade) as grade,
    calibration.calibrated_by,
    calibration.reason as calibration_reason,
    calibration.calibrated_at
from computed
left join {{ source('control', 'calibration') }} as calibration
    on
        computed.period_id = calibration.period_id
        and computed.employee_id = calibration.employee_id
        and computed.grade = calibration.computed_grade
        and computed.grade <> calibration.grade
