{{ kpi_contributions(
    of=ref('orders'),
    occurred_on='ordered_on',
    unit='order_id',
    credit=owner_of('customer', 'customer_id'),
    numerator='amount',
    segments=order_segments(),
) }}
