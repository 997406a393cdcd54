{{ kpi_contributions(
    of=ref('streams'),
    occurred_on='streamed_on',
    unit='stream_id',
    credit='host_id',
    numerator='new_followers',
    segments={'shop': 'shop_id'},
) }}
