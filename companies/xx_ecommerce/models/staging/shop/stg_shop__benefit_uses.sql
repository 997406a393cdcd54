with typed as (

    select
        raw.id,
        raw.customer_id,
        raw.benefit,
        try_cast(raw.granted_at as timestamptz) as granted_at,
        {{ local_day('try_cast(raw.granted_at as timestamptz)', 'Asia/Shanghai') }} as granted_on,
        raw.used_at as used_at_as_written,
        try_cast(raw.used_at as timestamptz) as used_at,
        {{ local_day('try_cast(raw.used_at as timestamptz)', 'Asia/Shanghai') }} as used_on,
        {{ raw_row() }}
    from {{ source('shop', 'benefit_uses') }} as raw

),

joined as (

    select
        typed.*,
        customer.person_id,
        customer.customer_id is not null and not customer.is_test as customer_is_used
    from typed
    left join {{ ref('stg_shop__customers') }} as customer
        on typed.customer_id = customer.customer_id

),

judged as (

    select
        joined.*,
        {{ rejection([
            must_be('moment', 'granted_at'),
            must_be('moment', 'used_at', optional=true),
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
