-- What two places know, by day: orders and revenue (shop platform and finance), new customers (shop platform and CRM),
-- revenue by orders and by their lines. Days that only one of two systems can know yet are left out: months whose file
-- the ERP has not written, days that the CRM has not counted.
{% set tolerance = '0.01' %}

with used_order as (

    select
        id,
        placed_on,
        amount
    from {{ ref('stg_shop__orders') }}
    where rejection is null

),

ordered as (

    select
        placed_on as day,
        count(*) as orders,
        sum(amount) as revenue
    from used_order
    group by placed_on

),

booked as (

    select
        day,
        sum(orders) as orders,
        sum(revenue) as revenue
    from {{ ref('stg_erp__sales_daily') }}
    where rejection is null
    group by day

),

sales as (

    select
        coalesce(ordered.day, booked.day) as day,
        coalesce(ordered.orders, 0) as orders_ordered,
        coalesce(booked.orders, 0) as orders_booked,
        coalesce(ordered.revenue, 0) as revenue_ordered,
        coalesce(booked.revenue, 0) as revenue_booked
    from ordered
    full outer join booked on ordered.day = booked.day
    where
        date_trunc('month', coalesce(ordered.day, booked.day))
        in (select date_trunc('month', file.day) from booked as file)

),

registered as (

    select
        registered_on as day,
        count(*) as new_customers
    from {{ ref('stg_shop__customers') }}
    where rejection is null
    group by registered_on

),

counted as (

    select
        day,
        sum(new_customers) as new_customers
    from {{ ref('stg_crm__daily_registrations') }}
    where rejection is null
    group by day

),

registrations as (

    select
        coalesce(registered.day, counted.day) as day,
        coalesce(registered.new_customers, 0) as registered,
        coalesce(counted.new_customers, 0) as counted
    from registered
    full outer join counted on registered.day = counted.day
    where
        coalesce(registered.day, counted.day)
        between (select min(known.day) from counted as known) and (select max(known.day) from counted as known)

),

line_total as (

    select
        order_id,
        sum(quantity * unit_price) as amount
    from {{ ref('stg_shop__order_lines') }}
    where rejection is null
    group by order_id

),

lines as (

    select
        used_order.placed_on as day,
        sum(used_order.amount) as revenue_of_orders,
        sum(coalesce(line_total.amount, 0)) as revenue_of_lines,
        string_agg(
            case when line_total.amount is distinct from used_order.amount then cast(used_order.id as varchar) end,
            ', ' order by used_order.id
        ) as differing_keys
    from used_order
    left join line_total on used_order.id = line_total.order_id
    group by used_order.placed_on

),

compared as (

    select
        'orders' as measure,
        day as occurred_on,
        'shop.orders' as system_a,
        orders_ordered as value_a,
        'erp.sales_daily' as system_b,
        orders_booked as value_b,
        cast(null as varchar) as differing_keys
    from sales

    union all

    select
        'revenue' as measure,
        day as occurred_on,
        'shop.orders' as system_a,
        revenue_ordered as value_a,
        'erp.sales_daily' as system_b,
        revenue_booked as value_b,
        cast(null as varchar) as differing_keys
    from sales

    union all

    select
        'new_customers' as measure,
        day as occurred_on,
        'shop.customers' as system_a,
        registered as value_a,
        'crm.daily_registrations' as system_b,
        counted as value_b,
        cast(null as varchar) as differing_keys
    from registrations

    union all

    select
        'revenue' as measure,
        day as occurred_on,
        'shop.orders' as system_a,
        revenue_of_orders as value_a,
        'shop.order_lines' as system_b,
        revenue_of_lines as value_b,
        differing_keys
    from lines

)

select
    measure,
    occurred_on,
    system_a,
    value_a,
    system_b,
    value_b,
    {{ tolerance }} as tolerance,
    cast(null as varchar) as resolution,
    differing_keys
from compared
