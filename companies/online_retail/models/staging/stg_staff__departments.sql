with numbered as (

    select
        raw.department_id,
        raw.name_zh,
        raw.name_en,
        raw.parent_department_id,
        count(*) over (partition by raw.department_id) as copies,
        {{ raw_row() }}
    from {{ source('staff', 'departments') }} as raw

),

judged as (

    select
        department_id,
        name_zh,
        name_en,
        parent_department_id,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            must_be('present', 'department_id', blocks=true),
            {
                'rule': 'contradictory_key',
                'when': 'copies > 1',
                'because': "'department `' || department_id || '` stands ' || copies || ' times'",
                'blocks': true,
            },
        ]) }} as rejection
    from numbered

)

{{ cleaned('judged') }}
