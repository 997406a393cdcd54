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
            {'rule': 'value_missing', 'when': 'campaign_id is null', 'because': "'活动编号 is empty'"},
            {'rule': 'not_a_date', 'when': 'spent_on is null', 'because': "'日期 is no date'"},
            {'rule': 'not_a_number', 'when': 'amount is null', 'because': "'费用（元） is no amount of money'"},
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
