select
    'line_operations' as department_id,
    '线路运营部' as name_zh,
    'Line operations' as name_en,
    cast(null as varchar) as parent_department_id
