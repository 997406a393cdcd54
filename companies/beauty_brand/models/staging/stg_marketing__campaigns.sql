with typed as (

    select
        raw.campaign_id,
        raw.name_zh,
        raw.name_en,
        raw.kind,
        raw.owner_id,
        try_cast(raw.starts_on as date) as starts_on,
        try_cast(raw.ends_on as date) as ends_on,
        {{ raw_row() }}
    from {{ source('marketing', 'campaigns') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['campaign_id', 'kind', 'owner_id'], blocks=true),
            must_be('date', ['starts_on', 'ends_on'], blocks=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
