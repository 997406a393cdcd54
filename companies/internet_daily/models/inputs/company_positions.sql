select
    'app_operations' as position_id,
    '应用运营' as name_zh,
    'App operations' as name_en
