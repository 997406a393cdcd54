-- An owner who is the owner still has no valid_to; a value that cannot be read closes gate 1.
with typed as (

    select
        raw.id,
        raw.subject_kind,
        raw.subject_id,
        raw.employee_id,
        {{ amount('raw.share', scale=8) }} as share,
        try_cast(raw.valid_from as date) as valid_from,
        case when raw.valid_to is null then date '9999-12-31' else try_cast(raw.valid_to as date) end as valid_to,
        {{ raw_row() }}
    from {{ source('crm', 'ownership') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', ['valid_from', 'valid_to'], blocks=true),
            must_be('number', 'share', blocks=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
