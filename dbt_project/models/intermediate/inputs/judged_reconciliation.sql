-- Each comparison of two places on a day, with whether it agrees and who has waived it if not.
select
    reconciliation.measure,
    reconciliation.occurred_on,
    reconciliation.system_a,
    reconciliation.value_a,
    reconciliation.system_b,
    reconciliation.value_b,
    reconciliation.tolerance,
    reconciliation.resolution,
    reconciliation.differing_keys,
    reconciliation.resolution is null
    and not {{ within_tolerance('reconciliation.value_a', 'reconciliation.value_b', 'reconciliation.tolerance') }}
        as is_open,
    waiver.waived_by,
    waiver.reason as waived_because
from {{ ref('reconciliations') }} as reconciliation
left join {{ source('control', 'waiver') }} as waiver
    on
        reconciliation.measure = waiver.measure
        and reconciliation.occurred_on = waiver.occurred_on
        and reconciliation.system_a = waiver.system_a
        and reconciliation.system_b = waiver.system_b
