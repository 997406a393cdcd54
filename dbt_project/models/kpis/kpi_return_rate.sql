{{ returned_share(credit=owner_of('customer', 'customer_id'), segments=order_segments()) }}
