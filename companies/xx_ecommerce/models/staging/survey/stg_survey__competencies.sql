with judged as (

    select
        raw.competency_id,
        raw.name_zh,
        raw.name_en,
        {{ raw_row() }},
        {{ rejection([
            {
                'rule': 'value_missing',
                'when': 'raw.name_zh is null or raw.name_en is null',
                'because': "'a competency needs a name in Chinese and in English'",
            },
        ]) }} as rejection
    from {{ source('survey', 'competencies') }} as raw

)

{{ cleaned('judged') }}
