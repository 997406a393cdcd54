with contributions as (

    {{ all_contributions() }}

)

select
    period.period_id,
    contributions.kpi_id,
    contributions.employee_id,
    contributions.occurred_on,
    contributions.unit_id,
    contributions.numerator,
    contributions.denominator,
    contributions.credit,
    contributions.source_system,
    contributions.source_table,
    contributions.source_key,
    contributions.segments
from contributions
inner join {{ source('control', 'period') }} as period
    on contributions.occurred_on between period.starts_on and period.ends_on
where {{ among_the_days('contributions.occurred_on') }}
