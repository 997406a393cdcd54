with numbered as (

    select
        raw.account,
        raw.sector,
        row_number() over (partition by {{ slug('account') }} order by _source_row) as copy,
        {{ raw_row() }}
    from {{ source('crm', 'accounts') }} as raw

),

spelt as (

    select
        numbered.*,
        coalesce(spelling.meant, trim(numbered.sector)) as sector_meant
    from numbered
    left join {{ ref('spellings') }} as spelling
        on spelling.field = 'sector' and trim(numbered.sector) = spelling.written

),

judged as (

    select
        {{ slug('account') }} as customer_id,
        trim(account) as name,
        trim(sector) as sector_as_written,
        sector_meant as sector,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            {'rule': 'value_missing', 'when': 'account is null', 'because': "'the customer has no name'"},
            {
                'rule': 'duplicate_key',
                'when': 'copy > 1',
                'because': "'customer `' || account || '` stands here again; the first line counts'",
            },
        ]) }} as rejection
    from spelt

)

{{ cleaned('judged') }}
