{{ net_revenue(credit=owner_of('customer', 'customer_id')) }}
