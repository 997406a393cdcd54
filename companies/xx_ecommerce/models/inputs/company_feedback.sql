select
    id as feedback_id,
    cycle as period_id,
    employee_id,
    rater_id,
    relation,
    competency_id,
    rating,
    answered_on,
    'survey' as source_system,
    'answers' as source_table,
    _source_key as source_key
from {{ ref('stg_survey__answers') }}
where rejection is null
