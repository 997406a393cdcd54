select
    measure,
    occurred_on,
    system_a,
    value_a,
    system_b,
    value_b,
    value_a - value_b as difference
from {{ ref('reconciliations') }}
where resolution is null and not {{ within_tolerance('value_a', 'value_b', 'tolerance') }}
