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
            {'rule': 'not_a_date', 'when': 'day is null', 'because': "'日期 is no date'"},
            {'rule': 'not_a_number', 'when': 'orders is null', 'because': "'订单数 is no whole number'"},
            {'rule': 'not_a_number', 'when': 'revenue is null', 'because': "'销售额（元） is no amount of money'"},
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
