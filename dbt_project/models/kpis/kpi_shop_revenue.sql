{{ net_revenue(credit=owner_of('shop', 'shop_id')) }}
