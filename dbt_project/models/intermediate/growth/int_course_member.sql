-- Who is compared to measure a course: people who finished it, and those of the same position who have not begun it, in
-- the same whole months before and after. Who was not in the position all the time is no part of it.
{{ config(materialized='whole_table') }}  -- read several times

with begun as (

    select
        employee_id,
        course_id,
        min(coalesce(started_on, finished_on, date '1900-01-01')) as started_on,
        min(finished_on) as finished_on
    from {{ ref('enrolments') }}
    group by employee_id, course_id

),

dated as (

    select
        span.period_id,
        begun.course_id,
        begun.employee_id,
        greatest(
            cast(date_trunc('month', least(begun.started_on, begun.finished_on)) - to_months(span.months) as date),
            span.starts_on
        ) as before_from,
        cast(date_trunc('month', least(begun.started_on, begun.finished_on)) as date) - 1 as before_to,
        cast(date_trunc('month', begun.finished_on) + to_months(1) as date) as after_from,
        least(
            last_day(cast(date_trunc('month', begun.finished_on) + to_months(span.months) as date)), span.ends_on
        ) as after_to
    from begun
    inner join {{ course_span() }} as span
        on begun.finished_on between span.finished_from and span.ends_on

),

trained as (

    select
        dated.*,
        place.position_id
    from dated
    inner join {{ ref('int_position_stretch') }} as place
        on
            dated.employee_id = place.employee_id
            and dated.before_from >= place.active_from
            and dated.after_to <= place.active_to
    where dated.before_from <= dated.before_to and dated.after_from <= dated.after_to

),

cohort as (

    select distinct
        period_id,
        course_id,
        position_id,
        before_from,
        before_to,
        after_from,
        after_to
    from trained

),

-- what another course did to them would be taken for what this one did not
in_another as (

    select distinct
        cohort.period_id,
        cohort.course_id,
        cohort.position_id,
        cohort.before_from,
        cohort.after_to,
        begun.employee_id
    from cohort
    inner join begun
        on
            cohort.course_id <> begun.course_id
            and cohort.before_from <= coalesce(begun.finished_on, date '9999-12-31')
            and cohort.after_to >= begun.started_on

)

select
    period_id,
    course_id,
    position_id,
    before_from,
    before_to,
    after_from,
    after_to,
    employee_id,
    true as is_trained
from trained

union all

select
    cohort.period_id,
    cohort.course_id,
    cohort.position_id,
    cohort.before_from,
    cohort.before_to,
    cohort.after_from,
    cohort.after_to,
    place.employee_id,
    false as is_trained
from cohort
inner join {{ ref('int_position_stretch') }} as place
    on
        cohort.position_id = place.position_id
        and cohort.before_from >= place.active_from
        and cohort.after_to <= place.active_to
inner join {{ source('control', 'period') }} as period
    on cohort.period_id = period.period_id
left join begun
    on
        place.employee_id = begun.employee_id
        and cohort.course_id = begun.course_id
left join in_another
    on
        cohort.period_id = in_another.period_id
        and cohort.course_id = in_another.course_id
        and cohort.position_id = in_another.position_id
        and cohort.before_from = in_another.before_from
        and cohort.after_to = in_another.after_to
        and place.employee_id = in_another.employee_id
where
    -- who begins it after the period counts as who does not
    (begun.started_on is null or begun.started_on > period.ends_on)
    and in_another.employee_id is null
