select
    'member_operations' as department_id,
    '会员运营部' as name_zh,
    'Member operations' as name_en,
    cast(null as varchar) as parent_department_id
