-- Each department with the way down to it, however deep it lies.
with recursive path (department_id, parent_department_id, path_zh, path_en, passed) as (

    select
        department_id,
        parent_department_id,
        name_zh as path_zh,
        name_en as path_en,
        [department_id] as passed
    from {{ ref('departments') }}

    union all

    select
        path.department_id,
        parent.parent_department_id,
        parent.name_zh || ' › ' || path.path_zh as path_zh,
        parent.name_en || ' › ' || path.path_en as path_en,
        list_append(path.passed, parent.department_id) as passed
    from path
    inner join {{ ref('departments') }} as parent
        on path.parent_department_id = parent.department_id
    -- departments that lead back to themselves must not be followed for ever
    where not list_contains(path.passed, parent.department_id)

),

longest as (

    select
        department_id,
        arg_max(path_zh, len(passed)) as path_zh,
        arg_max(path_en, len(passed)) as path_en
    from path
    group by department_id

)

select
    department.department_id,
    department.name_zh,
    department.name_en,
    department.parent_department_id,
    longest.path_zh,
    longest.path_en
from {{ ref('departments') }} as department
inner join longest
    on department.department_id = longest.department_id
