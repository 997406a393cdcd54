select
    'line_operations' as position_id,
    '线路运营' as name_zh,
    'Line operations' as name_en
