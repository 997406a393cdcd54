with typed as (

    select
        raw.id,
        raw.cycle,
        raw.employee_id,
        raw.rater_id,
        raw.relation,
        raw.competency as competency_id,
        {{ amount('raw.rating', scale=4) }} as rating,
        try_cast(raw.answered_at as timestamptz) as answered_at,
        {{ local_day('try_cast(raw.answered_at as timestamptz)', 'Asia/Shanghai') }} as answered_on,
        {{ raw_row() }}
    from {{ source('survey', 'answers') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            {
                'rule': 'out_of_scale',
                'when': 'coalesce(rating not between 1 and 5, true)',
                'because': "'rating is no number from 1 to 5'",
            },
            must_be('moment', 'answered_at'),
            {
                'rule': 'unknown_relation',
                'when': "coalesce(relation not in ('manager', 'peer', 'report', 'self'), true)",
                'because': "'relation `' || coalesce(relation, '') || '` is none of manager, peer, report, self'",
            },
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
