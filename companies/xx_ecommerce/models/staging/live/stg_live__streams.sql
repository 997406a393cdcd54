with typed as (

    select
        raw.stream_id,
        raw.host_id,
        raw.shop_id,
        try_cast(raw.started_at as timestamptz) as started_at,
        {{ local_day('try_cast(raw.started_at as timestamptz)', 'Asia/Shanghai') }} as streamed_on,
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
            {'rule': 'not_a_moment', 'when': 'started_at is null', 'because': "'started_at is no moment'"},
            {
                'rule': 'not_a_number',
                'when': 'new_viewers is null or returning_viewers is null or new_followers is null',
                'because': "'new_viewers, returning_viewers and new_followers must be whole numbers'",
            },
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
