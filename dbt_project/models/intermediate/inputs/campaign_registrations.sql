-- With the campaign's owner and kind.
select
    counted.customer_id,
    counted.registered_on,
    counted.campaign_id,
    campaign.owner_id,
    campaign.kind as campaign_kind,
    counted.source_system,
    counted.source_table,
    counted.source_key
from {{ ref('customers') }} as counted
inner join {{ ref('campaigns') }} as campaign
    on counted.campaign_id = campaign.campaign_id
