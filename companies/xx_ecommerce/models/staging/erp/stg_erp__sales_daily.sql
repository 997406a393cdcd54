with typed as (

    select
        try_cast(raw.日期 as date) as day,
        cast({{ amount('raw."订单数"', scale=0, thousands=',') }} as bigint) as orders,
        {{ amount('raw."销售额（元）"', thousands=',') }} as revenue,
        {{ raw_row() }}
    from {{ source('erp', 'sales_daily') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', 'day', called='日期'),
            must_be('whole number', 'orders', called='订单数'),
            must_be('amount', 'revenue', called='销售额（元）'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
