-- Each contribution once for an employee, also where it counts for two assignments at once.
select distinct
    period_id,
    employee_id,
    kpi_id,
    contributor_id,
    unit_id,
    numerator,
    denominator,
    credit,
    source_system,
    source_table,
    source_key
from {{ being_closed(ref('int_assigned_contribution')) }}
