select
    'shop' as subject_kind,
    line_id as subject_id,
    employee_id,
    1 as share,
    valid_from,
    date '9999-12-31' as valid_to
from {{ ref('stg_hr__staff') }}
where rejection is null
