with staged as (

    select
        source_system,
        source_table,
        count(*) filter (where rule is null) as rows_used,
        count(*) filter (where rule is not null) as rows_rejected
    from {{ ref('staged_rows') }}
    group by source_system, source_table

)

select
    loaded.source_system,
    loaded.source_table,
    loaded.rows_loaded,
    coalesce(staged.rows_used, 0) as rows_used,
    coalesce(staged.rows_rejected, 0) as rows_rejected,
    cast({{ exact_ratio('coalesce(staged.rows_rejected, 0)', 'loaded.rows_loaded') }} as decimal(18, 8))
        as rejected_share,
    cast(company.rejected_share as decimal(18, 8)) as max_rejected_share
from {{ source('control', 'source_snapshot') }} as loaded
cross join {{ source('control', 'company') }} as company
left join staged
    on loaded.source_system = staged.source_system and loaded.source_table = staged.source_table
