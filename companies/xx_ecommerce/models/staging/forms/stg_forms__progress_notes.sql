with typed as (

    select
        raw.note_id,
        raw.employee_id,
        try_cast(raw.written_at as timestamptz) as written_at,
        {{ local_day('try_cast(raw.written_at as timestamptz)', 'Asia/Shanghai') }} as written_on,
        raw.text,
        {{ raw_row() }}
    from {{ source('forms', 'progress_notes') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'note_id'),
            must_be('moment', 'written_at'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
