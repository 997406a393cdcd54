-- With the campaign's owner and kind.
select
    counted.cost_id,
    counted.spent_on,
    counted.amount,
    counted.campaign_id,
    campaign.owner_id,
    campaign.kind as campaign_kind,
    counted.source_system,
    counted.source_table,
    counted.source_key
from {{ ref('campaign_costs') }} as counted
inner join {{ ref('campaigns') }} as campaign
    on counted.campaign_id = campaign.campaign_id
