with judged as (

    select
        raw.course_id,
        raw.name_zh,
        raw.name_en,
        raw.competency_id,
        {{ raw_row() }},
        {{ rejection([
            {'rule': 'value_missing', 'when': 'raw.course_id is null', 'because': "'course_id is empty'"},
        ]) }} as rejection
    from {{ source('learning', 'courses') }} as raw

)

{{ cleaned('judged') }}
