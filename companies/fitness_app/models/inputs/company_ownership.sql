select
    'customer' as subject_kind,
    member_id as subject_id,
    coach_id as employee_id,
    1 as share,
    joined_on as valid_from,
    date '9999-12-31' as valid_to
from {{ ref('stg_app__members') }}
where rejection is null
