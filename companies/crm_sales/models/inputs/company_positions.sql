select
    position_id,
    name_zh,
    name_en
from (
    values
    ('sales_agent', '销售代表', 'Sales agent'),
    ('sales_manager', '销售经理', 'Sales manager')
) as position (position_id, name_zh, name_en)
