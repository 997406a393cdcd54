with typed as (

    select
        try_cast(raw.day as date) as day,
        raw.app_id,
        try_cast(raw.users as bigint) as users,
        {{ raw_row() }}
    from {{ source('app', 'daily_users') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', 'day'),
            must_be('present', 'app_id'),
            must_be('whole number', 'users'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
