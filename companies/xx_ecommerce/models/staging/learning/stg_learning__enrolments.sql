with typed as (

    select
        raw.enrolment_id,
        raw.employee_id,
        raw.course_id,
        try_cast(raw.started_on as date) as started_on,
        raw.finished_on as finished_on_as_written,
        try_cast(raw.finished_on as date) as finished_on,
        {{ raw_row() }}
    from {{ source('learning', 'enrolments') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'enrolment_id'),
            must_be('date', 'started_on'),
            must_be('date', 'finished_on', optional=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
