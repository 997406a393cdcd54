with typed as (

    select
        raw.employee_id,
        raw.name_zh,
        raw.name_en,
        {{ normalised_phone('raw.phone') }} as phone_normalised,
        {{ normalised_email('raw.email') }} as email_normalised,
        try_cast(raw.joined_on as date) as joined_on,
        raw.left_on as left_on_as_written,
        try_cast(raw.left_on as date) as left_on,
        {{ raw_row() }}
    from {{ source('hris', 'employees') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', 'joined_on', blocks=true),
            must_be('date', 'left_on', optional=true, blocks=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
