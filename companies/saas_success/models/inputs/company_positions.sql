select
    'success_manager' as position_id,
    '客户成功经理' as name_zh,
    'Customer success manager' as name_en
