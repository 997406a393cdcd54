with typed as (

    select
        raw.stream_id,
        raw.host_id,
        raw.room,
        try_cast(raw.streamed_on as date) as streamed_on,
        try_cast(raw.new_viewers as bigint) as new_viewers,
        try_cast(raw.returning_viewers as bigint) as returning_viewers,
        try_cast(raw.new_followers as bigint) as new_followers,
        {{ raw_row() }}
    from {{ source('live', 'streams') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['stream_id', 'host_id', 'room']),
            must_be('date', 'streamed_on'),
            must_be('whole number', ['new_viewers', 'returning_viewers', 'new_followers']),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
