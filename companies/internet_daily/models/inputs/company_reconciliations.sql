-- Users may differ by 1 %, because the warehouse counts late phones on the next day; orders may not differ at all.
with used as (

    select
        day,
        sum(users) as users
    from {{ ref('stg_app__daily_users') }}
    where rejection is null
    group by day

),

ordered as (

    select
        ordered_on as day,
        count(*) as orders,
        string_agg(order_id, ', ' order by order_id) as order_ids
    from {{ ref('stg_app__orders') }}
    where rejection is null
    group by ordered_on

),

counted as (

    select
        day,
        users
    from {{ ref('stg_bi__daily_users') }}
    where rejection is null

),

paid as (

    select
        day,
        orders
    from {{ ref('stg_payments__daily') }}
    where rejection is null

)

select
    'daily_active_users' as measure,
    coalesce(used.day, counted.day) as occurred_on,
    'app.daily_users' as system_a,
    used.users as value_a,
    'bi.daily_users' as system_b,
    counted.users as value_b,
    0.01 as tolerance,
    cast(null as varchar) as resolution,
    cast(null as varchar) as differing_keys
from used
full outer join counted on used.day = counted.day

union all

select
    'orders' as measure,
    coalesce(ordered.day, paid.day) as occurred_on,
    'app.orders' as system_a,
    coalesce(ordered.orders, 0) as value_a,
    'payments.daily' as system_b,
    coalesce(paid.orders, 0) as value_b,
    0 as tolerance,
    cast(null as varchar) as resolution,
    ordered.order_ids as differing_keys
from ordered
full outer join paid on ordered.day = paid.day
