select
    message_id,
    customer_id,
    'reminder_sms' as kind,
    sent_on,
    delivered_on,
    'crm' as source_system,
    'messages' as source_table,
    _source_key as source_key
from {{ ref('stg_crm__messages') }}
where rejection is null
