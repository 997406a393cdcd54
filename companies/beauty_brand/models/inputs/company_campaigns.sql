select
    campaign_id,
    name_zh,
    name_en,
    kind,
    owner_id,
    starts_on,
    ends_on
from {{ ref('stg_marketing__campaigns') }}
where rejection is null
