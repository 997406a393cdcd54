-- The contributions of the days on which strengths are looked for, of who is measured by the KPI, with the week in
-- which they fall, counted back from the period's last day. They are made anew from the KPI models, so that it makes no
-- difference whether and when earlier periods were closed.
{{ config(materialized='whole_table') }}  -- read several times, and each KPI model is a query over whole inputs

with contribution as (

    {{ contributions_during(strength_window(), days_of=strength_window()) }}

)

select
    contribution.period_id,
    contribution.employee_id,
    contribution.kpi_id,
    cast((look.ends_on - contribution.occurred_on) // 7 as integer) as weeks_back,
    contribution.occurred_on < look.period_starts_on as is_before,
    contribution.unit_id,
    contribution.numerator,
    contribution.denominator,
    contribution.credit,
    contribution.source_system,
    contribution.source_table,
    contribution.source_key
from contribution
inner join {{ strength_window() }} as look
    on contribution.period_id = look.period_id
inner join {{ ref('int_strength_line') }} as line
    on
        contribution.period_id = line.period_id
        and contribution.employee_id = line.employee_id
        and contribution.kpi_id = line.kpi_id
