with judged as (

    select
        raw.enrolment_id,
        raw.employee_id,
        raw.course_id,
        try_cast(raw.started_on as date) as started_on,
        try_cast(raw.finished_on as date) as finished_on,
        {{ raw_row() }},
        {{ rejection([
            {'rule': 'value_missing', 'when': 'raw.enrolment_id is null', 'because': "'enrolment_id is empty'"},
            {
                'rule': 'not_a_date',
                'when': 'try_cast(raw.started_on as date) is null',
                'because': "'started_on is no date'",
            },
            {
                'rule': 'not_a_date',
                'when': 'raw.finished_on is not null and try_cast(raw.finished_on as date) is null',
                'because': "'finished_on is no date'",
            },
        ]) }} as rejection
    from {{ source('learning', 'enrolments') }} as raw

)

{{ cleaned('judged') }}
