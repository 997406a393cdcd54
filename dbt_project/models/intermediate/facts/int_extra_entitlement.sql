-- Who may have which extra points: whoever held one of the entry's positions at any time of the period. In a mean of
-- shorter periods those of each of these are in its score already.
-- distinct, because somebody may have held it twice
select distinct
    assignment.period_id,
    assignment.employee_id,
    extra.extra_id,
    extra.name_zh,
    extra.name_en,
    extra.kpi_id,
    extra.points as points_each,
    extra.per,
    extra.at_most
from {{ being_closed(ref('int_assignment_period')) }} as assignment
inner join {{ source('control', 'period') }} as period
    on assignment.period_id = period.period_id
inner join {{ source('scheme', 'extra_points') }} as extra
    on
        assignment.position_id = extra.position_id
        and period.starts_on between extra.valid_from and extra.valid_to
inner join {{ source('scheme', 'evaluation') }} as evaluation
    on assignment.period_id = evaluation.period_id
where evaluation.mean_of is null
