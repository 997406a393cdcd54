-- Answers that the scheme's scale does not have. Neither who answered nor what: a refusal is read by many.
select
    answer.feedback_id,
    answer.period_id,
    answer.source_system,
    answer.source_table,
    answer.source_key,
    feedback.scale_low,
    feedback.scale_high
from {{ ref('feedback') }} as answer
inner join {{ source('scheme', 'feedback') }} as feedback
    on answer.period_id = feedback.period_id
where answer.rating < feedback.scale_low or answer.rating > feedback.scale_high
