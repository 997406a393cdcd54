select
    'campaigns' as department_id,
    '活动部' as name_zh,
    'Campaigns' as name_en,
    cast(null as varchar) as parent_department_id
