{{ returned_share(
    credit=owner_of('shop', 'shop_id'),
    segments={'channel': 'counted.channel', 'shop': 'counted.shop_id'},
) }}
