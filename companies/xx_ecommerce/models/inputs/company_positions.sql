select
    position_id,
    name_zh,
    name_en
from {{ ref('stg_hris__positions') }}
where rejection is null
