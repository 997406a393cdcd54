with raw_rows as (

    select
        raw.opportunity_id,
        trim(raw.sales_agent) as sales_agent,
        trim(raw.product) as product,
        trim(raw.account) as account,
        trim(raw.deal_stage) as deal_stage,
        raw.engage_date,
        raw.close_date,
        raw.close_value,
        row_number() over (
            partition by opportunity_id, sales_agent, product, account, deal_stage, engage_date, close_date, close_value
            order by _source_row
        ) as copy,
        count(distinct row(sales_agent, product, account, deal_stage, engage_date, close_date, close_value)) over (
            partition by opportunity_id
        ) as versions,
        cast(to_timestamp(cast(raw._dlt_load_id as double)) as date) as loaded_on,
        {{ raw_row() }}
    from {{ source('crm', 'sales_pipeline') }} as raw

),

typed as (

    select
        raw_rows.*,
        lower(deal_stage) as stage,
        cast(try_strptime(engage_date, '%m/%d/%Y') as date) as engaged_on,
        cast(try_strptime(close_date, '%m/%d/%Y') as date) as closed_on,
        {{ amount('close_value') }} as value,
        coalesce(spelling.meant, product) as product_meant
    from raw_rows
    left join {{ ref('spellings') }} as spelling
        on spelling.field = 'product' and raw_rows.product = spelling.written

),

joined as (

    select
        typed.*,
        team.employee_id,
        team.department_name as region,
        product.product_id,
        product.product_series,
        product.list_price,
        customer.customer_id,
        customer.sector
    from typed
    left join {{ ref('stg_crm__sales_teams') }} as team
        on {{ slug('typed.sales_agent') }} = team.employee_id and team.rejection is null
    left join {{ ref('stg_crm__products') }} as product
        on typed.product_meant = product.product_id and product.rejection is null
    left join {{ ref('stg_crm__accounts') }} as customer
        on {{ slug('typed.account') }} = customer.customer_id and customer.rejection is null

),

judged as (

    select
        opportunity_id,
        employee_id,
        customer_id,
        product as product_as_written,
        product_id,
        product_series,
        sector,
        region,
        stage,
        engaged_on,
        closed_on,
        value,
        list_price,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            must_be('present', 'opportunity_id'),
            {
                'rule': 'contradictory_key',
                'when': 'versions > 1',
                'because': "'opportunity `' || opportunity_id || '` stands with ' || versions || ' different contents'",
                'blocks': true,
            },
            {
                'rule': 'duplicate_row',
                'when': 'copy > 1',
                'because': "'opportunity `' || opportunity_id || '` stands here again, the same'",
            },
            {
                'rule': 'unknown_stage',
                'when': "coalesce(stage not in ('prospecting', 'engaging', 'won', 'lost'), true)",
                'because': "'deal_stage `' || coalesce(deal_stage, '') || '` is none of Prospecting, Engaging, Won, Lost'",
            },
            {
                'rule': 'not_a_date',
                'when': 'engage_date is not null and engaged_on is null',
                'because': "'engage_date `' || engage_date || '` is no date like 10/20/2016'",
            },
            {
                'rule': 'not_a_date',
                'when': 'close_date is not null and closed_on is null',
                'because': "'close_date `' || close_date || '` is no date like 10/20/2016'",
            },
            {
                'rule': 'not_a_number',
                'when': 'close_value is not null and value is null',
                'because': "'close_value `' || close_value || '` is no amount of money'",
            },
            {
                'rule': 'negative_value',
                'when': 'value < 0',
                'because': "'close_value `' || close_value || '` is below 0'",
            },
            {
                'rule': 'value_missing',
                'when': "stage in ('won', 'lost') and (closed_on is null or value is null or engaged_on is null)",
                'because': "'a closed opportunity needs engage_date, close_date and close_value'",
            },
            {
                'rule': 'open_but_closed',
                'when': "stage in ('prospecting', 'engaging') and (closed_on is not null or value is not null)",
                'because': "'stage `' || deal_stage || '` is open, yet there is a close_date or close_value'",
            },
            {
                'rule': 'impossible_dates',
                'when': 'closed_on < engaged_on',
                'because': "'close_date ' || close_date || ' lies before engage_date ' || engage_date",
            },
            {
                'rule': 'in_the_future',
                'when': 'closed_on > loaded_on or engaged_on > loaded_on',
                'because': "'engage_date ' || coalesce(engage_date, '') || ' or close_date ' || coalesce(close_date, '') "
                    ~ "|| ' lies after the day of the load, ' || loaded_on",
            },
            {
                'rule': 'unknown_employee',
                'when': 'employee_id is null',
                'because': "'sales agent `' || coalesce(sales_agent, '') || '` is in no team of sales_teams'",
            },
            {
                'rule': 'unknown_product',
                'when': 'product_id is null',
                'because': "'product `' || coalesce(product, '') || '` is not in products'",
            },
            {
                'rule': 'unknown_customer',
                'when': 'account is not null and customer_id is null',
                'because': "'account `' || account || '` is not in accounts'",
            },
        ]) }} as rejection
    from joined

)

{{ cleaned('judged') }}
