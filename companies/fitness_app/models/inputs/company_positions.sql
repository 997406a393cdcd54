select
    'coach' as position_id,
    '线上教练' as name_zh,
    'Online coach' as name_en
