-- The web site does not say who booked.
select
    booking_id as order_id,
    cast(null as varchar) as customer_id,
    line_id as shop_id,
    booked_on as ordered_on,
    cast(null as varchar) as channel,
    cast(null as varchar) as campaign_id,
    cast(null as varchar) as stream_id,
    cast(null as boolean) as is_returning,
    amount,
    'web' as source_system,
    'bookings' as source_table,
    _source_key as source_key
from {{ ref('stg_web__bookings') }}
where rejection is null
