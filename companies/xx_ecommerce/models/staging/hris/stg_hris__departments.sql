with judged as (

    select
        raw.department_id,
        raw.name_zh,
        raw.name_en,
        raw.parent_department_id,
        {{ raw_row() }},
        {{ rejection([
            {
                'rule': 'value_missing',
                'when': 'raw.name_zh is null or raw.name_en is null',
                'because': "'a department needs a name in Chinese and in English'",
                'blocks': true,
            },
        ]) }} as rejection
    from {{ source('hris', 'departments') }} as raw

)

{{ cleaned('judged') }}
