-- Shared credit sums to exactly 1 on every day on which anybody owns the subject.
with border as (

    select
        subject_kind,
        subject_id,
        valid_from as since
    from {{ ref('ownership') }}
    union
    select
        subject_kind,
        subject_id,
        cast(valid_to + interval 1 day as date) as since
    from {{ ref('ownership') }}
    where valid_to < date '9999-12-31'

),

summed as (

    select
        border.subject_kind,
        border.subject_id,
        border.since,
        sum(owner.share) as share_sum
    from border
    inner join {{ ref('ownership') }} as owner
        on
            border.subject_kind = owner.subject_kind
            and border.subject_id = owner.subject_id
            and border.since between owner.valid_from and owner.valid_to
    group by border.subject_kind, border.subject_id, border.since

)

select
    subject_kind,
    subject_id,
    since,
    share_sum
from summed
where share_sum <> 1
