select
    'app_operations' as department_id,
    '应用运营部' as name_zh,
    'App operations' as name_en,
    cast(null as varchar) as parent_department_id
