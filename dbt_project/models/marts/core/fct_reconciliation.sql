with summed as (

    select
        period.period_id,
        reconciliation.measure,
        reconciliation.system_a,
        reconciliation.system_b,
        reconciliation.resolution,
        max(reconciliation.tolerance) as tolerance,
        sum(reconciliation.value_a) as value_a,
        sum(reconciliation.value_b) as value_b,
        count(*) as days,
        count(*) filter (where reconciliation.is_open) as days_outside_tolerance,
        count(*) filter (where reconciliation.is_open and reconciliation.waived_by is not null) as days_waived,
        string_agg(
            distinct reconciliation.waived_by || ': ' || reconciliation.waived_because, '; '
            order by reconciliation.waived_by || ': ' || reconciliation.waived_because
        ) filter (where reconciliation.is_open) as waived_by,
        string_agg(reconciliation.differing_keys, ', ' order by reconciliation.occurred_on)
        filter (where reconciliation.is_open) as differing_keys
    from {{ ref('judged_reconciliation') }} as reconciliation
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
    resolution,
    days,
    days_outside_tolerance,
    days_waived,
    waived_by,
    differing_keys
from summed
