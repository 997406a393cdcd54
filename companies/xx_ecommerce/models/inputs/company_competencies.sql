select
    competency_id,
    name_zh,
    name_en
from {{ ref('stg_survey__competencies') }}
where rejection is null
