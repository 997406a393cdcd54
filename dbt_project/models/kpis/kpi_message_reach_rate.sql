{{ kpi_contributions(
    of=ref('messages'),
    occurred_on='sent_on',
    unit='message_id',
    credit=owner_of('customer', 'customer_id'),
    numerator='case when delivered_on is not null then 1 else 0 end',
    segments={'kind': 'kind'},
) }}
