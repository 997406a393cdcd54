with typed as (

    select
        try_cast(raw.day as date) as day,
        raw.line_id,
        try_cast(raw.visits as bigint) as visits,
        {{ raw_row() }}
    from {{ source('web', 'visits') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', 'day'),
            must_be('present', 'line_id'),
            must_be('whole number', 'visits'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
