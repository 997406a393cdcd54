select
    'customer_success' as department_id,
    '客户成功部' as name_zh,
    'Customer success' as name_en,
    cast(null as varchar) as parent_department_id
