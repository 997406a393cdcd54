with position (position_id, name_zh, name_en) as (

    values
    ('sales_head', '销售总监', 'Head of sales'),
    ('home_manager', '英国客户经理', 'Home account manager'),
    ('market_manager', '重点市场客户经理', 'Key market account manager'),
    ('area_manager', '区域客户经理', 'Area account manager')

)

select
    position_id,
    name_zh,
    name_en
from position
