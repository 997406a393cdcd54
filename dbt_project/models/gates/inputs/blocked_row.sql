select
    source_system,
    source_table,
    source_file,
    source_row,
    rule,
    reason
from {{ ref('staged_rows') }}
where blocks
