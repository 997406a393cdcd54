select
    'member_care' as department_id,
    '会员顾问部' as name_zh,
    'Member care' as name_en,
    cast(null as varchar) as parent_department_id
