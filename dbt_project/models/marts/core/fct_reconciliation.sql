with summed as (

    select
        period.period_id,
        reconciliation.measure,
        reconciliation.system_a,
        reconciliation.system_b,
        reconciliation.resolution,
        max(reconciliation.tolerance) as tolerance,
        sum(reconciliation.value_a) as value_a,
        sum(reconciliation.value_b) as value_b
    from {{ ref('reconciliations') }} as reconciliation
    inner join {{ source('control', 'period') }} as period
        on reconciliation.occurred_on between period.starts_on and period.ends_on
    group by
        period.period_id,
        reconciliation.measure,
        reconciliation.system_a,
        reconciliation.system_b,
        reconciliation.resolution

)

select
    period_id,
    measure,
    system_a,
    cast(value_a as decimal(28, 4)) as value_a,
    system_b,
    cast(value_b as decimal(28, 4)) as value_b,
    cast(value_a - value_b as decimal(28, 4)) as difference,
    tolerance,
    {{ within_tolerance('value_a', 'value_b', 'tolerance') }} as within_tolerance,
    resolution
from summed
