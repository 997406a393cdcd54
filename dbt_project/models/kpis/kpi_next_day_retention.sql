-- Whether somebody comes back is decided on the day after, and counts on that day; of the last day that was delivered
-- nobody knows it yet.
with followed as (

    select
        used.customer_id,
        used.day + 1 as decided_on,
        next_day.customer_id is not null as came_back,
        used.source_system,
        used.source_table,
        used.source_key
    from {{ ref('activity') }} as used
    left join {{ ref('activity') }} as next_day
        on used.customer_id = next_day.customer_id and used.day + 1 = next_day.day
    where used.day < (select max(delivered.day) from {{ ref('activity') }} as delivered)

)

{{ kpi_contributions(
    of='followed',
    occurred_on='decided_on',
    unit='customer_id',
    credit=owner_of('customer', 'customer_id'),
    numerator='case when came_back then 1 else 0 end',
) }}
