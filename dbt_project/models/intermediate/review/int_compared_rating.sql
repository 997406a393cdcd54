-- Ratings as they are compared between groups, and whose they are. Those of the rated and of relations are made of
-- published scores alone. Of raters one row stands for all raters of one kind (department, position, employment) and
-- relation who rate an employee: only where these are all raters of the relation, or each kind has min_raters of them,
-- so that no figure holds less than that (docs/review.md).
with score as (

    select
        period_id,
        employee_id,
        relation,
        weight,
        score
    from {{ being_closed(ref('fct_feedback_score')) }}
    where shown

),

raters as (

    select
        period_id,
        employee_id,
        relation,
        list(rater_id order by rater_id) as raters
    from {{ ref('int_rater_score') }}
    group by period_id, employee_id, relation

),

others as (

    select
        score.period_id,
        score.employee_id,
        cast({{ exact_ratio('sum(score.weight * score.score)', 'sum(score.weight)', scale=4) }} as decimal(9, 4))
            as rating,
        flatten(list(raters.raters order by raters.relation)) as raters
    from score
    inner join raters
        on
            score.period_id = raters.period_id
            and score.employee_id = raters.employee_id
            and score.relation = raters.relation
    where score.relation <> 'self'
    group by score.period_id, score.employee_id

),

by_kind as (

    select
        said.period_id,
        said.employee_id,
        said.relation,
        kind.department_id,
        kind.position_id,
        kind.employment,
        list(said.rater_id order by said.rater_id) as raters,
        cast({{ exact_ratio('sum(said.score)', 'count(*)', scale=4) }} as decimal(9, 4)) as rating,
        count(*) as raters_of_kind
    from {{ ref('int_rater_score') }} as said
    left join {{ ref('int_employee_group') }} as kind
        on said.period_id = kind.period_id and said.rater_id = kind.employee_id
    where said.relation <> 'self'
    group by said.period_id, said.employee_id, said.relation, kind.department_id, kind.position_id, kind.employment

),

told_kind as (

    select by_kind.*
    from by_kind
    inner join {{ source('scheme', 'feedback') }} as feedback
        on by_kind.period_id = feedback.period_id
    window a_relation as (partition by by_kind.period_id, by_kind.employee_id, by_kind.relation)
    qualify
        count(*) over (a_relation) = 1
        or min(by_kind.raters_of_kind) over (a_relation) >= feedback.min_raters

),

grouped as (

    select
        score.period_id,
        'rater' as side,
        [struct_pack(dimension := 'relation', group_id := score.relation)] as places,
        score.employee_id,
        raters.raters,
        score.score as rating
    from score
    inner join raters
        on
            score.period_id = raters.period_id
            and score.employee_id = raters.employee_id
            and score.relation = raters.relation

    union all

    select
        period_id,
        'rater' as side,
        {{ compared_groups('told_kind') }} as places,
        employee_id,
        raters,
        rating
    from told_kind

    union all

    select
        others.period_id,
        'rated' as side,
        {{ compared_groups('kind') }} as places,
        others.employee_id,
        others.raters,
        others.rating
    from others
    inner join {{ ref('int_employee_group') }} as kind
        on others.period_id = kind.period_id and others.employee_id = kind.employee_id

),

placed as (

    select
        period_id,
        side,
        unnest(places) as place,
        employee_id,
        raters,
        rating
    from grouped

)

select
    period_id,
    side,
    place.dimension as dimension,
    place.group_id as group_id,
    employee_id,
    raters,
    rating
from placed
where place.group_id is not null
