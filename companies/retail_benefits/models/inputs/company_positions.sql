with position (position_id, name_zh, name_en) as (

    values
    ('operations_head', '会员运营经理', 'Head of member operations'),
    ('user_operations', '用户运营', 'User operations')

)

select
    position_id,
    name_zh,
    name_en
from position
