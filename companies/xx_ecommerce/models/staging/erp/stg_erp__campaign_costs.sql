with typed as (

    select
        trim(raw.活动编号) as campaign_id,
        try_cast(raw.日期 as date) as spent_on,
        {{ amount('raw."费用（元）"', thousands=',') }} as amount,
        {{ raw_row() }}
    from {{ source('erp', 'campaign_costs') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'campaign_id', called='活动编号'),
            must_be('date', 'spent_on', called='日期'),
            must_be('amount', 'amount', called='费用（元）'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
