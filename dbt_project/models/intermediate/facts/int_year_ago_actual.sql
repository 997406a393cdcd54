-- What the same people reached in an assignment's KPI on the same days a year ago: of a period that was active as a
-- whole the whole period a year ago.
with growing as (

    select
        period_id,
        employee_id,
        position_id,
        department_id,
        active_from,
        active_to,
        kpi_id,
        scope
    from {{ being_closed(ref('int_assigned_kpi')) }}
    where growth is not null

),

counted as (

    {{ counted_days('growing') }}

),

year_ago as (

    select
        counted.* exclude (counts_from, counts_to),
        period.year_ago_period_id,
        case
            when counted.counts_from = period.starts_on then period.year_ago_starts_on
            else {{ day_of_year_ago('counted.counts_from') }}
        end as counts_from,
        case
            when counted.counts_to = period.ends_on then period.year_ago_ends_on
            else {{ day_of_year_ago('counted.counts_to') }}
        end as counts_to
    from counted
    inner join {{ source('control', 'period') }} as period
        on counted.period_id = period.period_id

),

contributed as (

    select
        year_ago.period_id,
        year_ago.employee_id,
        year_ago.position_id,
        year_ago.department_id,
        year_ago.active_from,
        contribution.kpi_id,
        contribution.unit_id,
        contribution.numerator,
        contribution.denominator,
        contribution.credit,
        contribution.source_system,
        contribution.source_table,
        contribution.source_key
    from year_ago
    inner join {{ ref('int_year_ago_contribution') }} as contribution
        on
            year_ago.year_ago_period_id = contribution.period_id
            and year_ago.kpi_id = contribution.kpi_id
            and year_ago.contributor_id = contribution.employee_id
            and contribution.occurred_on between year_ago.counts_from and year_ago.counts_to

)

{{ aggregate('contributed', ['period_id', 'employee_id', 'position_id', 'department_id', 'active_from']) }}
