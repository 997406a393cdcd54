select
    period_id,
    kind as cycle,
    name_zh,
    name_en,
    starts_on,
    ends_on,
    cast(days as integer) as days,
    parent_period_id
from {{ source('control', 'period') }}
