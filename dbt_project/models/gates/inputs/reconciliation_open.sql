select
    measure,
    occurred_on,
    system_a,
    value_a,
    system_b,
    value_b,
    value_a - value_b as difference,
    differing_keys,
    coalesce(waived_for_other_values, 'none') as waiver
from {{ ref('judged_reconciliation') }}
where is_open and waived_by is null
