-- Every raw row that does not count, with the rule, the reason and the row as it came.
{% set staging = staging_models().split(',') | select | list %}

with rejected as (

    select
        source_system,
        source_table,
        source_file,
        source_row,
        source_key,
        rule,
        reason,
        blocks
    from {{ ref('staged_rows') }}
    where rule is not null

),

raw_rows as (

    {% for name in staging %}
    {% set system, table = name.removeprefix('stg_').split('__', 1) %}
    select
        '{{ system }}' as source_system,
        '{{ table }}' as source_table,
        raw._source_key as source_key,
        -- without what the lake adds: the load that brought a row is another one on every machine
        cast(
            to_json(struct_pack(*columns(raw.* exclude (_source_file, _source_row, _source_key, _dlt_load_id))))
            as varchar
        ) as row
    from {{ source(system, table) }} as raw
    where raw._source_key in (
            select rejected.source_key
            from rejected
            where rejected.source_system = '{{ system }}' and rejected.source_table = '{{ table }}'
        )
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    rejected.source_system,
    rejected.source_table,
    rejected.source_file,
    rejected.source_row,
    rejected.source_key,
    rejected.rule,
    rejected.reason,
    rejected.blocks as closes_the_gate,
    raw_rows.row
from rejected
left join raw_rows
    on
        rejected.source_system = raw_rows.source_system
        and rejected.source_table = raw_rows.source_table
        and rejected.source_key = raw_rows.source_key
