with typed as (

    select
        raw.id,
        raw.customer_id,
        raw.employee_id,
        raw.kind,
        try_cast(raw.said_at as timestamptz) as said_at,
        {{ local_day('try_cast(raw.said_at as timestamptz)', 'Asia/Shanghai') }} as said_on,
        {{ raw_row() }}
    from {{ source('crm', 'voices') }} as raw

),

joined as (

    select
        typed.*,
        coalesce(customer.person_id, typed.customer_id) as person_id
    from typed
    left join {{ ref('stg_shop__customers') }} as customer
        on typed.customer_id = customer.customer_id

),

judged as (

    select
        joined.*,
        {{ rejection([
            must_be('moment', 'said_at'),
            {
                'rule': 'unknown_kind',
                'when': "coalesce(kind not in ('complaint', 'praise'), true)",
                'because': "'kind `' || coalesce(kind, '') || '` is neither complaint nor praise'",
            },
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
