with typed as (

    select
        raw.member_id,
        raw.coach_id,
        try_cast(raw.joined_on as date) as joined_on,
        {{ raw_row() }}
    from {{ source('app', 'members') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['member_id', 'coach_id']),
            must_be('date', 'joined_on'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
