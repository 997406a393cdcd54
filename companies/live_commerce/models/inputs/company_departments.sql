select
    'live' as department_id,
    '直播部' as name_zh,
    'Live commerce' as name_en,
    cast(null as varchar) as parent_department_id
