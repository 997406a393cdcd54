with typed as (

    select
        raw.customer_id,
        try_cast(raw.registered_on as date) as registered_on,
        raw.campaign_id,
        {{ raw_row() }}
    from {{ source('shop', 'customers') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'customer_id'),
            must_be('date', 'registered_on'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
