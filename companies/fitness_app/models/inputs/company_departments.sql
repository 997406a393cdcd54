select
    'coaching' as department_id,
    '教练部' as name_zh,
    'Coaching' as name_en,
    cast(null as varchar) as parent_department_id
