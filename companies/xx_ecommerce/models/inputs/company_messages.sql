select
    cast(id as varchar) as message_id,
    person_id as customer_id,
    kind,
    sent_on,
    delivered_on,
    'shop' as source_system,
    'messages' as source_table,
    _source_key as source_key
from {{ ref('stg_shop__messages') }}
where rejection is null
