with judged as (

    select
        raw.course_id,
        raw.name_zh,
        raw.name_en,
        raw.competency_id,
        {{ raw_row() }},
        {{ rejection([
            must_be('present', 'course_id'),
        ]) }} as rejection
    from {{ source('learning', 'courses') }} as raw

)

{{ cleaned('judged') }}
