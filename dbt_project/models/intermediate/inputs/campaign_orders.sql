-- With the campaign's owner and kind.
select
    counted.order_id,
    counted.ordered_on,
    counted.amount,
    counted.campaign_id,
    campaign.owner_id,
    campaign.kind as campaign_kind,
    counted.source_system,
    counted.source_table,
    counted.source_key
from {{ ref('orders') }} as counted
inner join {{ ref('campaigns') }} as campaign
    on counted.campaign_id = campaign.campaign_id
