-- Each contribution once for every segment that it carries a value of.
with unnested as (

    select
        period_id,
        kpi_id,
        unnest(map_keys(segments)) as segment,
        unnest(map_values(segments)) as segment_value,
        unit_id,
        numerator,
        denominator,
        credit,
        source_system,
        source_table,
        source_key
    from {{ being_closed(ref('fct_kpi_contribution')) }}

)

select
    period_id,
    kpi_id,
    segment,
    segment_value,
    unit_id,
    numerator,
    denominator,
    credit,
    source_system,
    source_table,
    source_key
from unnested
where segment_value is not null
