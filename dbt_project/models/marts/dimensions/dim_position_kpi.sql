select
    position_id,
    kpi_id,
    goal_id,
    scope,
    weight,
    target,
    rule_id,
    no_data,
    valid_from,
    valid_to
from {{ source('scheme', 'position_kpi') }}
