select
    note_id,
    employee_id,
    written_on,
    text
from {{ ref('stg_forms__progress_notes') }}
where rejection is null
