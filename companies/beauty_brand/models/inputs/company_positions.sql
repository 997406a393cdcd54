select
    'campaign_operations' as position_id,
    '活动运营' as name_zh,
    'Campaign operations' as name_en
