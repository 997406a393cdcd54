-- Every staging model of the company, reduced to what became of each raw row.
{% set staging = staging_models().split(',') | select | list %}

{% for name in staging %}
{% set system, table = name.removeprefix('stg_').split('__', 1) %}
select
    '{{ system }}' as source_system,
    '{{ table }}' as source_table,
    _source_file as source_file,
    _source_row as source_row,
    _source_key as source_key,
    rejection.rule as rule,
    rejection.reason as reason,
    coalesce(rejection.blocks, false) as blocks
from {{ ref(name) }}
{% if not loop.last %}union all by name{% endif %}
{% endfor %}
