-- Whether a customer of the quarter before is still one is known on a quarter's last day, and counts on that day:
-- months inside a quarter have no retention of their own.
with used_quarter as (

    select
        customer_id,
        cast(date_trunc('quarter', day) as date) as starts_on,
        source_system,
        source_table,
        source_key
    from {{ ref('activity') }}
    qualify
        row_number() over (partition by customer_id, date_trunc('quarter', day) order by day desc, activity_id desc) = 1

),

followed as (

    select
        used.customer_id,
        cast(used.starts_on + interval 6 month - interval 1 day as date) as decided_on,
        next_quarter.customer_id is not null as stayed,
        used.source_system,
        used.source_table,
        used.source_key
    from used_quarter as used
    left join used_quarter as next_quarter
        on
            used.customer_id = next_quarter.customer_id
            and cast(used.starts_on + interval 3 month as date) = next_quarter.starts_on

)

{{ kpi_contributions(
    of='followed',
    occurred_on='decided_on',
    unit='customer_id',
    credit=owner_of('customer', 'customer_id'),
    numerator='case when stayed then 1 else 0 end',
) }}
