with judged as (

    select
        raw.campaign_id,
        raw.name_zh,
        raw.name_en,
        raw.kind,
        raw.owner_id,
        try_cast(raw.starts_on as date) as starts_on,
        try_cast(raw.ends_on as date) as ends_on,
        {{ raw_row() }},
        {{ rejection([
            {
                'rule': 'not_a_date',
                'when': 'try_cast(raw.starts_on as date) is null or try_cast(raw.ends_on as date) is null',
                'because': "'starts_on and ends_on must be dates'",
                'blocks': true,
            },
        ]) }} as rejection
    from {{ source('shop', 'campaigns') }} as raw

)

{{ cleaned('judged') }}
