select
    'care_consultant' as position_id,
    '育儿顾问' as name_zh,
    'Care consultant' as name_en
