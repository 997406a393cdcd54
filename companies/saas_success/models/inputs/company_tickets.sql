select
    ticket_id,
    customer_id,
    handler_id,
    {{ local_day('opened_at', 'Asia/Shanghai') }} as opened_on,
    cast(null as varchar) as topic,
    {{ exact_ratio('epoch_us(answered_at) - epoch_us(opened_at)', '60000000', scale=4) }} as response_minutes,
    cast(null as date) as closed_on,
    'crm' as source_system,
    'tickets' as source_table,
    _source_key as source_key
from {{ ref('stg_crm__tickets') }}
where rejection is null
