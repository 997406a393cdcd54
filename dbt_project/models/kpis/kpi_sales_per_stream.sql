{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=led_by(ref('streams'), key='stream_id', employee='host_id'),
    numerator='amount',
    denominator='0',
    segments={
        'customers': order_segments()['customers'],
        'shop': 'counted.shop_id',
    },
) }}

union all

{{ kpi_contributions(
    of=ref('streams'),
    occurred_on='streamed_on',
    unit='stream_id',
    credit='host_id',
    numerator='0',
    segments={'shop': 'counted.shop_id'},
) }}
