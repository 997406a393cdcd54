select
    stream_id,
    host_id,
    room as shop_id,
    streamed_on,
    new_viewers,
    returning_viewers,
    new_followers,
    'live' as source_system,
    'streams' as source_table,
    _source_key as source_key
from {{ ref('stg_live__streams') }}
where rejection is null
