select
    'live_host' as position_id,
    '主播' as name_zh,
    'Live host' as name_en
