with typed as (

    select
        raw.id,
        raw.customer_id,
        raw.employee_id,
        try_cast(raw.followed_at as timestamptz) as followed_at,
        {{ local_day('try_cast(raw.followed_at as timestamptz)', 'Asia/Shanghai') }} as followed_on,
        raw.note,
        {{ raw_row() }}
    from {{ source('crm', 'follow_ups') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('moment', 'followed_at'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
