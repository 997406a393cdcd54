with judged as (

    select
        raw.position_id,
        raw.name_zh,
        raw.name_en,
        {{ raw_row() }},
        {{ rejection([
            {
                'rule': 'value_missing',
                'when': 'raw.name_zh is null or raw.name_en is null',
                'because': "'a position needs a name in Chinese and in English'",
                'blocks': true,
            },
        ]) }} as rejection
    from {{ source('hris', 'positions') }} as raw

)

{{ cleaned('judged') }}
