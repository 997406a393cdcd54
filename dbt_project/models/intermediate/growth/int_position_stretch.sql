-- From when to when somebody is in a position without a gap, in whichever departments.
with held as (

    select
        employee_id,
        position_id,
        valid_from as active_from,
        valid_to as active_to
    from {{ ref('assignments') }}

)

{{ merged_intervals('held', ['employee_id', 'position_id']) }}
