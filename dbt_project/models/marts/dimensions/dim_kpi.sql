select
    kpi_id,
    name_zh,
    name_en,
    unit,
    unit_zh,
    aggregation,
    aggregation_parameter,
    better
from {{ source('scheme', 'kpi') }}
