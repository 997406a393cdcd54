-- A day with two workouts is one active day; the first workout is its evidence.
select
    min(workout_id) as activity_id,
    member_id as customer_id,
    day,
    'app' as source_system,
    'workouts' as source_table,
    min_by(_source_key, workout_id) as source_key
from {{ ref('stg_app__workouts') }}
where rejection is null
group by member_id, day
