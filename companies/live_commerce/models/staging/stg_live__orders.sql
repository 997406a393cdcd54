with typed as (

    select
        raw.order_id,
        raw.stream_id,
        raw.viewer_id,
        try_cast(raw.is_fan as boolean) as is_fan,
        try_cast(raw.ordered_on as date) as ordered_on,
        {{ amount('raw.amount') }} as amount,
        {{ raw_row() }}
    from {{ source('live', 'orders') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['order_id', 'stream_id', 'viewer_id']),
            must_be('flag', 'is_fan'),
            must_be('date', 'ordered_on'),
            must_be('amount', 'amount'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
