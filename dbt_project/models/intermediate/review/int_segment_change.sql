-- What each value of each segment has of a member's KPI, in a period being closed and in the one before it. What does
-- not say a segment that others of the KPI's contributions say counts as the value `unknown`: nothing is left out.
{% set counting_units = aggregations_in_use('counts_units', true) %}

with contribution as not materialized (

    {% for contributions in [being_closed(ref('fct_kpi_contribution')), ref('int_previous_contribution')] %}
    select
        period_id,
        kpi_id,
        employee_id,
        occurred_on,
        unit_id,
        numerator,
        denominator,
        credit,
        source_system,
        source_table,
        source_key,
        segments
    from {{ contributions }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

side as (

    select
        period_id,
        period_id as compared_period_id,
        false as is_previous
    from {{ source('control', 'period') }}
    where previous_period_id is not null

    union all

    select
        period_id,
        previous_period_id as compared_period_id,
        true as is_previous
    from {{ source('control', 'period') }}
    where previous_period_id is not null

),

said as (

    select distinct
        period_id,
        kpi_id,
        unnest(map_keys(segments)) as segment
    from contribution

),

segment as (

    select distinct
        side.period_id,
        said.kpi_id,
        said.segment
    from said
    inner join side
        on said.period_id = side.compared_period_id

),

placed as not materialized (

    select * from {{ placed('contribution') }}

),

-- units that are counted, and of which one part may be in another value or in another member than the rest
scattered as (

    select
        period_id,
        kpi_id,
        unit_id
    from (
        select distinct
            period_id,
            kpi_id,
            unit_id,
            members,
            segments
        from placed
        where kpi_id in ({{ kpis_of(counting_units) }})
    ) as counted
    group by period_id, kpi_id, unit_id
    having count(*) > 1

),

-- of all others one row stands for all contributions with the same members and segment values
cell as (

    {{ aggregate(
        '(select * from placed anti join scattered using (period_id, kpi_id, unit_id))',
        ['period_id', 'members', 'segments'],
    ) }}

),

of_scattered as not materialized (

    select
        side.period_id,
        side.is_previous,
        counted.level,
        counted.member_id,
        counted.kpi_id,
        segment.segment,
        coalesce(counted.segments[segment.segment], 'unknown') as segment_value,
        counted.unit_id,
        counted.numerator,
        counted.denominator,
        counted.credit,
        counted.source_system,
        counted.source_table,
        counted.source_key
    from {{ by_member('(select * from placed semi join scattered using (period_id, kpi_id, unit_id))') }} as counted
    inner join side
        on counted.period_id = side.compared_period_id
    inner join segment
        on side.period_id = segment.period_id and counted.kpi_id = segment.kpi_id

),

part as (

    select
        side.period_id,
        side.is_previous,
        cell.level,
        cell.member_id,
        cell.kpi_id,
        segment.segment,
        coalesce(cell.segments[segment.segment], 'unknown') as segment_value,
        cell.numerator,
        cell.denominator
    from {{ by_member('cell') }} as cell
    inner join side
        on cell.period_id = side.compared_period_id
    inner join segment
        on side.period_id = segment.period_id and cell.kpi_id = segment.kpi_id

    union all

    select
        period_id,
        is_previous,
        level,
        member_id,
        kpi_id,
        segment,
        segment_value,
        numerator,
        denominator
    from (
        {{ aggregate(
            'of_scattered',
            ['period_id', 'is_previous', 'level', 'member_id', 'segment', 'segment_value'],
            among=counting_units,
        ) }}
    )

)

select
    period_id,
    level,
    member_id,
    kpi_id,
    segment,
    segment_value,
    sum(numerator) filter (where is_previous) as previous_numerator,
    sum(denominator) filter (where is_previous) as previous_denominator,
    sum(numerator) filter (where not is_previous) as numerator,
    sum(denominator) filter (where not is_previous) as denominator
from part
group by period_id, level, member_id, kpi_id, segment, segment_value
