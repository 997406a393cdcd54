-- How the final score became a grade: by the bounds of its band, by quota, and what a veto has left of it.
with grades as (

    select
        period_id,
        grade,
        name_zh,
        name_en,
        at_least,
        lag(at_least) over (partition by period_id order by sort_order) as below,
        sort_order
    from {{ source('scheme', 'grade') }}

),

evaluations as (

    select
        evaluation.*,
        scheme.grade_method,
        scheme.quota_min_headcount,
        evaluation.department_headcount < scheme.quota_min_headcount as is_small,
        coalesce(department.name_zh, evaluation.department_id) as department_zh,
        coalesce(department.name_en, evaluation.department_id) as department_en,
        rank() over (
            partition by evaluation.period_id, evaluation.department_id order by evaluation.final_score desc
        ) - 1 as better_people,
        evaluation.department_headcount - 1 >= review.fewest_peers_told as has_peers,
        count(*) over (
            partition by evaluation.period_id, evaluation.department_id, evaluation.quota_grade
        ) = 1 as is_alone_in_grade
    from {{ being_closed(ref('fct_evaluation')) }} as evaluation
    inner join {{ source('scheme', 'evaluation') }} as scheme
        on evaluation.period_id = scheme.period_id
    inner join {{ source('scheme', 'strength_review') }} as review
        on evaluation.period_id = review.period_id
    left join {{ ref('departments') }} as department
        on evaluation.department_id = department.department_id
    where evaluation.status = 'evaluated'

),

given as (

    select
        period_id,
        department_id,
        quota_grade,
        {{ as_number('count(*)') }} as people
    from evaluations
    group by period_id, department_id, quota_grade

),

-- how many of a department each grade by quota has gone to, the best first
shared_out as (

    select
        given.period_id,
        given.department_id,
        count(*) as grades,
        string_agg({{ filled('{name_zh} {people} 人') }}, '、' order by grades.sort_order) as shared_out_zh,
        string_agg({{ filled('{name_en} {people}') }}, ', ' order by grades.sort_order) as shared_out_en
    from given
    inner join grades
        on given.period_id = grades.period_id and given.quota_grade = grades.grade
    group by given.period_id, given.department_id

),

worded as (

    select
        evaluations.period_id,
        evaluations.employee_id,
        evaluations.grade_method,
        evaluations.is_small,
        -- of one or two others, and of others who all have the same grade, it would be said what each has
        evaluations.has_peers
        and shared_out.grades - cast(evaluations.is_alone_in_grade as integer) > 1 as is_shared_out_told,
        evaluations.department_zh,
        evaluations.department_en,
        band.below is null as is_top,
        band.name_zh as band_zh,
        band.name_en as band_en,
        quota.name_zh as quota_zh,
        quota.name_en as quota_en,
        shared_out.shared_out_zh,
        shared_out.shared_out_en,
        {{ as_number('evaluations.final_score') }} as final_score,
        {{ as_number('band.at_least') }} as at_least,
        {{ as_number('band.below') }} as below,
        {{ as_number('evaluations.department_headcount') }} as headcount,
        {{ as_number('evaluations.quota_min_headcount') }} as fewest,
        {{ as_number('evaluations.better_people') }} as better,
        {{ as_number_of('evaluations.better_people', 'has', 'have') }} as better_en
    from evaluations
    inner join grades as band
        on evaluations.period_id = band.period_id and evaluations.grade_before_veto = band.grade
    left join grades as quota
        on evaluations.period_id = quota.period_id and evaluations.quota_grade = quota.grade
    left join shared_out
        on evaluations.period_id = shared_out.period_id and evaluations.department_id = shared_out.department_id

),

bounded as (

    select
        *,
        case
            when is_top then {{ filled('{final_score} ≥ {at_least}') }}
            else {{ filled('{at_least} ≤ {final_score} < {below}') }}
        end as bounds
    from worded

),

by_bands as (

    select
        *,
        {{ sentences([
            (
                "grade_method = 'quota'",
                '等级：{department_zh}参评 {headcount} 人，不足 {fewest} 人，按分数段：{bounds} → {band_zh}',
                'grade: {headcount} evaluated in {department_en}, fewer than {fewest}, so by bands: '
                ~ '{bounds} → {band_en}'
            ),
            (
                'true',
                '等级：{bounds} → {band_zh}',
                'grade: {bounds} → {band_en}'
            )
        ]) }}
    from bounded
    where grade_method <> 'quota' or is_small

),

by_quota as (

    select
        *,
        {{ sentences([
            (
                "grade_method = 'quota' and not is_shared_out_told",
                '等级，按配额：按在{department_zh}参评 {headcount} 人中的名次 → {quota_zh}',
                'grade by quota: by the place among the {headcount} evaluated in {department_en} → {quota_en}'
            ),
            (
                'not is_shared_out_told',
                '参考，若按配额：按在{department_zh}参评 {headcount} 人中的名次 → {quota_zh}',
                'for comparison, by quota: by the place among the {headcount} evaluated in {department_en} → {quota_en}'
            ),
            (
                "grade_method = 'quota'",
                '等级，按配额：{department_zh}参评 {headcount} 人，分得{shared_out_zh}；得分更高者 {better} 人 → {quota_zh}',
                'grade by quota: the {headcount} evaluated in {department_en} share out {shared_out_en}; '
                ~ '{better_en} a better score → {quota_en}'
            ),
            (
                'true',
                '参考，若按配额：{department_zh}参评 {headcount} 人，分得{shared_out_zh}；得分更高者 {better} 人 → {quota_zh}',
                'for comparison, by quota: the {headcount} evaluated in {department_en} would share out '
                ~ '{shared_out_en}; {better_en} a better score → {quota_en}'
            )
        ]) }}
    from worded
    where grade_method <> 'bands' and not is_small

),

vetoes as (

    select
        score.period_id,
        score.employee_id,
        score.position_id,
        score.department_id,
        score.active_from,
        score.kpi_id,
        kpi.name_zh as kpi_zh,
        kpi.name_en as kpi_en,
        {{ as_number('score.attainment') }} as attainment,
        {{ as_number('score.veto_below') }} as below,
        best.name_zh as best_zh,
        best.name_en as best_en,
        without.name_zh as without_zh,
        without.name_en as without_en,
        coalesce(
            evaluations.veto_kpi_id = score.kpi_id and evaluations.grade_before_calibration = score.veto_grade, false
        ) as has_lowered
    from {{ being_closed(ref('fct_kpi_score')) }} as score
    inner join evaluations
        on score.period_id = evaluations.period_id and score.employee_id = evaluations.employee_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on score.kpi_id = kpi.kpi_id
    inner join grades as best
        on score.period_id = best.period_id and score.veto_grade = best.grade
    inner join grades as without
        on evaluations.period_id = without.period_id and evaluations.grade_before_veto = without.grade
    where score.has_vetoed

),

vetoed as (

    select
        *,
        {{ sentences([
            (
                'has_lowered',
                '否决：{kpi_zh}达成率 {attainment} < {below} → {best_zh}，否则为{without_zh}',
                'veto by {kpi_en}: attainment {attainment} < {below} → {best_en} instead of {without_en}'
            ),
            (
                'true',
                '否决：{kpi_zh}达成率 {attainment} < {below} → 至多为{best_zh}，对等级没有影响',
                'veto by {kpi_en}: attainment {attainment} < {below} → {best_en} at best, which changes nothing'
            )
        ]) }}
    from vetoes

),

calibrated as (

    select
        evaluations.period_id,
        evaluations.employee_id,
        evaluations.calibrated_by,
        evaluations.calibration_reason,
        given.name_zh as given_zh,
        given.name_en as given_en,
        computed.name_zh as computed_zh,
        computed.name_en as computed_en
    from evaluations
    inner join grades as given
        on evaluations.period_id = given.period_id and evaluations.grade = given.grade
    inner join grades as computed
        on evaluations.period_id = computed.period_id and evaluations.grade_before_calibration = computed.grade
    where evaluations.calibrated_by is not null

),

calibration as (

    select
        *,
        {{ sentences([(
            'true',
            '等级校准：{calibrated_by} 给予{given_zh}（计算等级：{computed_zh}），原因：{calibration_reason}',
            'calibrated by {calibrated_by}: {given_en} instead of {computed_en}, because: {calibration_reason}'
        )]) }}
    from calibrated

)

select
    period_id,
    employee_id,
    'grade' as kind,
    null as position_id,
    null as department_id,
    null as active_from,
    null as kpi_id,
    text_zh,
    text_en
from by_bands

union all by name

select
    period_id,
    employee_id,
    'quota' as kind,
    null as position_id,
    null as department_id,
    null as active_from,
    null as kpi_id,
    text_zh,
    text_en
from by_quota

union all by name

select
    period_id,
    employee_id,
    'veto' as kind,
    position_id,
    department_id,
    active_from,
    kpi_id,
    text_zh,
    text_en
from vetoed

union all by name

select
    period_id,
    employee_id,
    'calibration' as kind,
    null as position_id,
    null as department_id,
    null as active_from,
    null as kpi_id,
    text_zh,
    text_en
from calibration
