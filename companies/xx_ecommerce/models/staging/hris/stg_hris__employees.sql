with judged as (

    select
        raw.employee_id,
        raw.name_zh,
        raw.name_en,
        {{ normalised_phone('raw.phone') }} as phone_normalised,
        {{ normalised_email('raw.email') }} as email_normalised,
        try_cast(raw.joined_on as date) as joined_on,
        try_cast(raw.left_on as date) as left_on,
        {{ raw_row() }},
        {{ rejection([
            {
                'rule': 'not_a_date',
                'when': 'try_cast(raw.joined_on as date) is null',
                'because': "'joined_on is no date'",
                'blocks': true,
            },
            {
                'rule': 'not_a_date',
                'when': 'raw.left_on is not null and try_cast(raw.left_on as date) is null',
                'because': "'left_on is no date'",
                'blocks': true,
            },
        ]) }} as rejection
    from {{ source('hris', 'employees') }} as raw

)

{{ cleaned('judged') }}
