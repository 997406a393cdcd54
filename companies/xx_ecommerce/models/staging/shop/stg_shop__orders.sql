-- With what its customer adds to the judgement: whether a test account or one of the staff ordered, and since when the
-- account exists. An account that is unknown leaves person_id empty.
with typed as (

    select
        try_cast(raw.id as bigint) as id,
        raw.order_no,
        raw.customer_id,
        raw.shop_id,
        try_cast(raw.placed_at as timestamptz) as placed_at,
        {{ local_day('try_cast(raw.placed_at as timestamptz)', 'Asia/Shanghai') }} as placed_on,
        raw.paid_at as paid_at_as_written,
        try_cast(raw.paid_at as timestamptz) as paid_at,
        raw.status,
        raw.channel,
        raw.campaign_id,
        raw.stream_id,
        {{ amount('raw.amount') }} as amount,
        try_cast(raw.is_test as boolean) as is_test,
        try_cast(raw.updated_at as timestamptz) as updated_at,
        {{ raw_row() }}
    from {{ source('shop', 'orders') }} as raw

),

staff as (

    select distinct phone_normalised
    from {{ ref('stg_hris__employees') }}
    where rejection is null and phone_normalised is not null

),

joined as (

    select
        typed.*,
        customer.person_id,
        customer.registered_at as customer_registered_at,
        coalesce(customer.is_test, false) as customer_is_test,
        staff.phone_normalised is not null as customer_is_staff
    from typed
    left join {{ ref('stg_shop__customers') }} as customer
        on typed.customer_id = customer.customer_id
    left join staff
        on customer.phone_normalised = staff.phone_normalised

),

judged as (

    select
        joined.*,
        {{ rejection([
            must_be('whole number', 'id'),
            must_be('present', 'order_no'),
            must_be('moment', 'placed_at'),
            must_be('moment', 'paid_at', optional=true),
            must_be('moment', 'updated_at'),
            {
                'rule': 'unknown_status',
                'when': "coalesce(status not in ('paid', 'cancelled'), true)",
                'because': "'status `' || coalesce(status, '') || '` is neither paid nor cancelled'",
            },
            must_be('amount', 'amount'),
            {'rule': 'negative_value', 'when': 'amount < 0', 'because': "'amount is below 0'"},
            must_be('flag', 'is_test'),
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
