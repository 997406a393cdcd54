with typed as (

    select
        raw.booking_id,
        raw.line_id,
        try_cast(raw.booked_on as date) as booked_on,
        {{ amount('raw.amount') }} as amount,
        {{ raw_row() }}
    from {{ source('web', 'bookings') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['booking_id', 'line_id']),
            must_be('date', 'booked_on'),
            must_be('amount', 'amount'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
