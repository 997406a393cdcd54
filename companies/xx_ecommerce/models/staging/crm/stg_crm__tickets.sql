with typed as (

    select
        try_cast(raw.id as bigint) as id,
        raw.customer_id,
        raw.handler_id,
        try_cast(raw.opened_at as timestamptz) as opened_at,
        {{ local_day('try_cast(raw.opened_at as timestamptz)', 'Asia/Shanghai') }} as opened_on,
        raw.first_response_at as first_response_at_as_written,
        try_cast(raw.first_response_at as timestamptz) as first_response_at,
        raw.closed_at as closed_at_as_written,
        try_cast(raw.closed_at as timestamptz) as closed_at,
        {{ local_day('try_cast(raw.closed_at as timestamptz)', 'Asia/Shanghai') }} as closed_on,
        raw.topic,
        {{ raw_row() }}
    from {{ source('crm', 'tickets') }} as raw

),

joined as (

    select
        typed.*,
        cast(
            {{ exact_ratio('epoch_us(typed.first_response_at) - epoch_us(typed.opened_at)', '60000000', scale=4) }}
            as decimal(18, 4)
        ) as response_minutes,
        coalesce(customer.person_id, typed.customer_id) as person_id
    from typed
    left join {{ ref('stg_shop__customers') }} as customer
        on typed.customer_id = customer.customer_id

),

judged as (

    select
        joined.*,
        {{ rejection([
            must_be('whole number', 'id'),
            must_be('moment', 'opened_at'),
            must_be('moment', 'first_response_at', optional=true),
            must_be('moment', 'closed_at', optional=true),
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
