{{ kpi_contributions(
    of=ref('stream_orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit='host_id',
    numerator='amount',
    denominator='0',
    segments={'customers': "case when is_returning then 'returning' else 'new' end", 'shop': 'shop_id'},
) }}

union all

{{ kpi_contributions(
    of=ref('streams'),
    occurred_on='streamed_on',
    unit='stream_id',
    credit='host_id',
    numerator='0',
    segments={'shop': 'shop_id'},
) }}
