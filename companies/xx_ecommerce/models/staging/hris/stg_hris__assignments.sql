-- An open assignment and one without manager have null there; a value that cannot be read closes gate 1.
with typed as (

    select
        raw.id,
        raw.employee_id,
        raw.position_id,
        raw.department_id,
        raw.manager_id,
        {{ amount('raw.fte', scale=6) }} as fte,
        {{ amount('raw.bonus_base') }} as bonus_base,
        raw.currency,
        try_cast(raw.valid_from as date) as valid_from,
        case when raw.valid_to is null then date '9999-12-31' else try_cast(raw.valid_to as date) end as valid_to,
        {{ raw_row() }}
    from {{ source('hris', 'assignments') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', ['valid_from', 'valid_to'], blocks=true),
            must_be('number', ['fte', 'bonus_base'], blocks=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
