-- What each pool holds: the amount in the scheme, or a share of what a KPI sums up to where the pool is paid out.
with named as (

    select
        pool.period_id,
        coalesce('department ' || pool.department_id, 'company') as pool_id,
        pool.department_id,
        pool.amount,
        pool.kpi_id,
        pool.share,
        pool.scale,
        cycle.share as cycle_share,
        scheme.currency_units
    from {{ source('scheme', 'pool') }} as pool
    inner join {{ source('control', 'period') }} as period
        on pool.period_id = period.period_id
    inner join {{ source('scheme', 'bonus_cycle') }} as cycle
        on pool.period_id = cycle.period_id and period.kind = cycle.cycle
    cross join {{ source('scheme', 'scheme') }} as scheme

),

-- somebody with two assignments at once may stand in two departments of one pool: a row counts once for each pool
counted as (

    select distinct
        contribution.period_id,
        department.pool_id,
        contribution.kpi_id,
        contribution.employee_id,
        contribution.unit_id,
        contribution.source_system,
        contribution.source_table,
        contribution.source_key,
        contribution.numerator,
        contribution.credit
    from {{ ref('int_member_contribution') }} as contribution
    inner join {{ ref('int_pool_department') }} as department
        on contribution.period_id = department.period_id and contribution.member_id = department.department_id
    inner join named
        on
            department.period_id = named.period_id
            and department.pool_id = named.pool_id
            and contribution.kpi_id = named.kpi_id
    where contribution.level = 'department' and named.department_id is not null

),

summed as (

    select
        period_id,
        pool_id,
        kpi_id,
        sum({{ credited('numerator') }}) as kpi_sum
    from counted as contribution
    group by period_id, pool_id, kpi_id

    union all

    select
        period_id,
        'company' as pool_id,
        kpi_id,
        actual as kpi_sum
    from {{ being_closed(ref('agg_kpi_actual')) }}
    where level = 'company'

),

measured as (

    select
        named.*,
        -- rounded to 8 decimals, as an actual is
        case when named.kpi_id is not null then cast(coalesce(summed.kpi_sum, 0) as decimal(28, 8)) end as kpi_sum
    from named
    left join summed
        on named.period_id = summed.period_id and named.pool_id = summed.pool_id and named.kpi_id = summed.kpi_id

)

select
    period_id,
    pool_id,
    department_id,
    kpi_id,
    kpi_sum,
    share,
    cycle_share,
    scale,
    currency_units,
    -- of a sum below 0 there is nothing to share; rounded half up to the smallest unit of the currency
    coalesce(
        amount,
        {{ rounded_money(
            in_parts('greatest(kpi_sum, 0)', 8) ~ ' * ' ~ in_parts('share', 6) ~ ' * ' ~ in_parts('cycle_share', 6),
            '1',
            decimals=20, units='currency_units'
        ) }}
    ) as amount
from measured
