-- Each contribution once for the company, and once for the position and the department of the employee on that day, or
-- for nobody.
select
    period_id,
    level,
    member_id,
    kpi_id,
    employee_id,
    source_system,
    source_table,
    source_key,
    unit_id,
    numerator,
    denominator,
    credit
from {{ by_member(placed(being_closed(ref('fct_kpi_contribution')))) }}
