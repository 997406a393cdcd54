-- `day` is a day in Shanghai already: the platform counts by it.
with typed as (

    select
        raw.id,
        try_cast(raw.day as date) as day,
        raw.shop_id,
        raw.channel,
        raw.segment,
        raw.user_agent,
        try_cast(raw.visits as bigint) as visits,
        try_cast(raw.visitors as bigint) as visitors,
        try_cast(raw.page_views as bigint) as page_views,
        {{ raw_row() }}
    from {{ source('shop', 'traffic') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', 'day'),
            must_be('whole number', ['visits', 'visitors', 'page_views']),
            {
                'rule': 'negative_value',
                'when': 'visits < 0 or visitors < 0 or page_views < 0',
                'because': "'visits, visitors and page_views must not be below 0'",
            },
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
