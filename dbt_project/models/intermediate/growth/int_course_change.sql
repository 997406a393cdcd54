-- How a KPI of each of those who are compared changed from the months before a course to those after it: the logarithm
-- of the ratio, so that twice as much and half as much weigh the same. More than tenfold counts as tenfold, and so does
-- what was nothing before or is nothing after.
with measured_by as (

    select distinct
        period.period_id,
        line.position_id,
        line.kpi_id
    from {{ source('scheme', 'position_kpi') }} as line
    inner join {{ source('control', 'period') }} as period
        on period.ends_on between line.valid_from and line.valid_to
    where line.scope = 'self'

),

reached as (

    select
        member.period_id,
        member.course_id,
        measured_by.kpi_id,
        member.position_id,
        member.before_from,
        member.before_to,
        member.after_from,
        member.after_to,
        member.employee_id,
        member.is_trained,
        {% for side in ['before', 'after'] -%}
        {{ side }}.actual as {{ side }}_actual,
        datediff('month', member.{{ side }}_from, member.{{ side }}_to) + 1 as {{ side }}_months,
        {% endfor -%}
        kpi.is_sum_like
    from {{ ref('int_course_member') }} as member
    inner join measured_by
        on member.period_id = measured_by.period_id and member.position_id = measured_by.position_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on measured_by.kpi_id = kpi.kpi_id
    {% for side in ['before', 'after'] -%}
    left join {{ ref('int_course_actual') }} as {{ side }}
        on
            member.{{ side }}_from || '/' || member.{{ side }}_to = {{ side }}.stretch_id
            and member.employee_id = {{ side }}.employee_id
            and measured_by.kpi_id = {{ side }}.kpi_id
    {% endfor %}
),

-- of a sum a month's, and nothing is 0; of a rate it is no data
compared as (

    select
        *,
        case when is_sum_like then coalesce(before_actual, 0) / before_months else before_actual end as before,
        case when is_sum_like then coalesce(after_actual, 0) / after_months else after_actual end as after
    from reached

)

select
    period_id,
    course_id,
    kpi_id,
    struct_pack(
        position_id := position_id,
        before_from := before_from,
        before_to := before_to,
        after_from := after_from,
        after_to := after_to
    ) as cohort,
    employee_id,
    is_trained,
    case
        when before is null or after is null then null
        when before > 0 and after > 0 then greatest(-ln(10), least(ln(10), ln(cast(after as double) / before)))
        when before > 0 then -ln(10)
        when after > 0 then ln(10)
    end as change
from compared
