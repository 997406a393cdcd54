with typed as (

    select
        raw.cost_id,
        raw.campaign_id,
        try_cast(raw.spent_on as date) as spent_on,
        {{ amount('raw.amount') }} as amount,
        {{ raw_row() }}
    from {{ source('marketing', 'costs') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['cost_id', 'campaign_id']),
            must_be('date', 'spent_on'),
            must_be('amount', 'amount'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
