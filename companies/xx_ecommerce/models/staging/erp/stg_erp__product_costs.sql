-- The month stands in the file's name only: product_costs_2025-01.xlsx.
with typed as (

    select
        trim(raw.商品编码) as product_id,
        trim(raw.商品名称) as product_name,
        try_cast(regexp_extract(raw._source_file, 'product_costs_(\d{4}-\d{2})\.xlsx$', 1) || '-01' as date)
            as month_starts_on,
        {{ amount('raw."单位成本（元）"', thousands=',') }} as unit_cost,
        {{ raw_row() }}
    from {{ source('erp', 'product_costs') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'product_id', called='商品编码'),
            {
                'rule': 'not_a_date',
                'when': 'month_starts_on is null',
                'because': "'the file is not called product_costs_<year>-<month>.xlsx'",
            },
            must_be('amount', 'unit_cost', called='单位成本（元）'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
