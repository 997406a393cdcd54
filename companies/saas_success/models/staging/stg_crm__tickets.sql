with typed as (

    select
        raw.ticket_id,
        raw.customer_id,
        raw.handler_id,
        try_cast(raw.opened_at as timestamptz) as opened_at,
        try_cast(raw.answered_at as timestamptz) as answered_at,
        {{ raw_row() }}
    from {{ source('crm', 'tickets') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['ticket_id', 'handler_id']),
            must_be('moment', ['opened_at', 'answered_at']),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
