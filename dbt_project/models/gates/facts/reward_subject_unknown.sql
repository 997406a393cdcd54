-- Rewards whose subject is no segment of their KPI: a misspelt one would never be given. One row a reward; nothing is
-- said where the KPI has no rows in the periods being closed.
select
    reward.reward_id,
    reward.kpi_id,
    reward.subject,
    count(*) as contributions
from {{ source('scheme', 'reward') }} as reward
inner join {{ being_closed(ref('fct_kpi_contribution')) }} as contribution
    on reward.kpi_id = contribution.kpi_id
where reward.subject <> 'unit'
group by reward.reward_id, reward.kpi_id, reward.subject
having not bool_or(map_contains(contribution.segments, reward.subject))
