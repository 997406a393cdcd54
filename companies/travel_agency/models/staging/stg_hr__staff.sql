-- A line that cannot be read closes gate 1: nobody is left out of the assessment in silence.
with typed as (

    select
        raw.employee_id,
        raw.name_zh,
        raw.name_en,
        raw.position_id,
        raw.manager_id,
        raw.line_id,
        {{ amount('raw.bonus_base') }} as bonus_base,
        try_cast(raw.valid_from as date) as valid_from,
        {{ raw_row() }}
    from {{ source('hr', 'staff') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['employee_id', 'position_id'], blocks=true),
            must_be('amount', 'bonus_base', blocks=true),
            must_be('date', 'valid_from', blocks=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
