select
    source_system,
    source_table,
    source_file,
    source_row,
    rule,
    reason,
    blocks as closes_the_gate,
    raw_row as row
from {{ ref('staged_rows') }}
where rule is not null
