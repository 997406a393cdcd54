with typed as (

    select
        raw.workout_id,
        raw.member_id,
        try_cast(raw.day as date) as day,
        {{ raw_row() }}
    from {{ source('app', 'workouts') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['workout_id', 'member_id']),
            must_be('date', 'day'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
