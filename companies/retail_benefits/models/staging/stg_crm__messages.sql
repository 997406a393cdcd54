with typed as (

    select
        raw.message_id,
        raw.customer_id,
        try_cast(raw.sent_on as date) as sent_on,
        raw.delivered_on as delivered_on_as_written,
        try_cast(raw.delivered_on as date) as delivered_on,
        {{ raw_row() }}
    from {{ source('crm', 'messages') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['message_id', 'customer_id']),
            must_be('date', 'sent_on'),
            must_be('date', 'delivered_on', optional=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
