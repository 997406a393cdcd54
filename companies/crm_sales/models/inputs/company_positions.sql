with position (position_id, name_zh, name_en) as (

    values
    ('sales_agent', '销售代表', 'Sales agent'),
    ('sales_manager', '销售经理', 'Sales manager')

)

select
    position_id,
    name_zh,
    name_en
from position
