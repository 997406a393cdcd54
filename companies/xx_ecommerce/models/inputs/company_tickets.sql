select
    cast(id as varchar) as ticket_id,
    person_id as customer_id,
    handler_id,
    opened_on,
    topic,
    response_minutes,
    closed_on,
    'crm' as source_system,
    'tickets' as source_table,
    _source_key as source_key
from {{ ref('stg_crm__tickets') }}
where rejection is null
