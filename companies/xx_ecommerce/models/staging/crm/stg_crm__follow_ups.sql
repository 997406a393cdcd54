with judged as (

    select
        raw.id,
        raw.customer_id,
        raw.employee_id,
        try_cast(raw.followed_at as timestamptz) as followed_at,
        {{ local_day('try_cast(raw.followed_at as timestamptz)', 'Asia/Shanghai') }} as followed_on,
        raw.note,
        {{ raw_row() }},
        {{ rejection([
            {
                'rule': 'not_a_moment',
                'when': 'try_cast(raw.followed_at as timestamptz) is null',
                'because': "'followed_at is no moment'",
            },
        ]) }} as rejection
    from {{ source('crm', 'follow_ups') }} as raw

)

{{ cleaned('judged') }}
