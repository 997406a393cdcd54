select
    id as voice_id,
    person_id as customer_id,
    employee_id,
    kind,
    said_on,
    'crm' as source_system,
    'voices' as source_table,
    _source_key as source_key
from {{ ref('stg_crm__voices') }}
where rejection is null
