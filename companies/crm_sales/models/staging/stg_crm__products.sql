with numbered as (

    select
        raw.product,
        raw.series,
        raw.sales_price,
        {{ amount('sales_price') }} as list_price,
        row_number() over (partition by trim(product), trim(series), sales_price order by _source_row) as copy,
        count(distinct row(series, sales_price)) over (partition by trim(product)) as versions,
        {{ raw_row() }}
    from {{ source('crm', 'products') }} as raw

),

judged as (

    select
        trim(product) as product_id,
        trim(series) as product_series,
        list_price,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            {'rule': 'value_missing', 'when': 'product is null', 'because': "'the product has no name'", 'blocks': true},
            {
                'rule': 'contradictory_key',
                'when': 'versions > 1',
                'because': "'product `' || product || '` stands with ' || versions || ' different series or prices'",
                'blocks': true,
            },
            {
                'rule': 'duplicate_row',
                'when': 'copy > 1',
                'because': "'product `' || product || '` stands here again, the same'",
            },
            {
                'rule': 'not_a_number',
                'when': 'list_price is null',
                'because': "'sales_price `' || coalesce(sales_price, '') || '` is no amount of money'",
                'blocks': true,
            },
            {
                'rule': 'negative_value',
                'when': 'list_price <= 0',
                'because': "'sales_price `' || sales_price || '` is not above 0'",
                'blocks': true,
            },
        ]) }} as rejection
    from numbered

)

{{ cleaned('judged') }}
