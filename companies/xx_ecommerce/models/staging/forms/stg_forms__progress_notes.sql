with judged as (

    select
        raw.note_id,
        raw.employee_id,
        try_cast(raw.written_at as timestamptz) as written_at,
        {{ local_day('try_cast(raw.written_at as timestamptz)', 'Asia/Shanghai') }} as written_on,
        raw.text,
        {{ raw_row() }},
        {{ rejection([
            {'rule': 'value_missing', 'when': 'raw.note_id is null', 'because': "'note_id is empty'"},
            {
                'rule': 'not_a_moment',
                'when': 'try_cast(raw.written_at as timestamptz) is null',
                'because': "'written_at is no moment'",
            },
        ]) }} as rejection
    from {{ source('forms', 'progress_notes') }} as raw

)

{{ cleaned('judged') }}
