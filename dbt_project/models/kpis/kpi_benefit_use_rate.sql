{{ kpi_contributions(
    of=ref('benefit_uses'),
    occurred_on='granted_on',
    unit='benefit_use_id',
    credit=owner_of('customer', 'customer_id'),
    numerator='case when used_on is not null then 1 else 0 end',
    segments={'benefit': 'benefit'},
) }}
