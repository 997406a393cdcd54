select
    position_id,
    name_zh,
    name_en
from {{ ref('positions') }}
