{{ kpi_contributions(
    of=ref('streams'),
    occurred_on='streamed_on',
    unit='stream_id',
    credit='host_id',
    numerator='returning_viewers',
    denominator='new_viewers + returning_viewers',
    segments={'shop': 'shop_id'},
) }}
