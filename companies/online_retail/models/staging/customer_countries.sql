-- Six customers were invoiced to two countries; the country of the first line stays, so that history does not change.
select
    customer_id,
    country,
    _source_key as source_key
from {{ ref('stg_shop__lines') }}
where rejection is null and customer_id is not null
qualify row_number() over (partition by customer_id order by invoiced_at, _source_row) = 1
