-- A cancellation has no order number: it takes back the latest order line of the same customer, article and price that
-- is not younger and has at least its quantity, among the lines that no rule has refused. Of the cancellations of an
-- order line those count, in the order of time, that together do not exceed its quantity.
with typed as (

    select
        raw.invoiceno as invoice_no,
        raw.invoiceno like 'C%' as is_cancellation,
        raw.stockcode as stock_code,
        raw.description,
        raw.quantity as quantity_as_written,
        {{ amount('raw.quantity', scale=0) }} as quantity,
        raw.invoicedate as invoiced_at_as_written,
        try_strptime(raw.invoicedate, '%m/%d/%y %H:%M') as invoiced_at,
        raw.unitprice as unit_price_as_written,
        {{ amount('raw.unitprice') }} as unit_price,
        raw.customerid as customer_id,
        raw.country,
        raw._source_row as file_row,
        {{ raw_row() }}
    from {{ source('shop', 'lines') }} as raw

),

country_known as (

    select distinct country
    from {{ ref('stg_staff__territories') }}
    where rejection is null

),

joined as (

    select
        typed.*,
        country_known.country is not null as is_known_country
    from typed
    left join country_known
        on typed.country = country_known.country

),

judged as (

    select
        joined.*,
        {{ rejection([
            {
                'rule': 'not_an_invoice',
                'when': "coalesce(not regexp_full_match(invoice_no, 'C?[0-9]{6}'), true)",
                'because': "'invoice number `' || coalesce(invoice_no, '') || '` is not six digits, or C and six digits'",
            },
            must_be('present', 'stock_code', called='StockCode'),
            {
                'rule': 'not_a_date',
                'when': 'invoiced_at is null',
                'because': "'InvoiceDate `' || coalesce(invoiced_at_as_written, '') || '` is no moment like 12/31/10 8:26'",
            },
            {
                'rule': 'not_a_number',
                'when': 'quantity is null',
                'because': "'Quantity `' || coalesce(quantity_as_written, '') || '` is no whole number'",
            },
            {
                'rule': 'no_goods',
                'when': "regexp_full_match(stock_code, 'POST|DOT|[Mm]|C2|D|S|AMAZONFEE|BANK CHARGES|gift_.*')",
                'because': "'stock code `' || stock_code || '` is postage, a fee, a discount, a voucher or a correction'",
            },
            {
                'rule': 'not_a_number',
                'when': 'unit_price is null',
                'because': "'UnitPrice `' || coalesce(unit_price_as_written, '') || '` is no amount in pounds and pence'",
            },
            {
                'rule': 'no_price',
                'when': 'unit_price <= 0',
                'because': "'UnitPrice ' || unit_price || ' is not above 0'",
            },
            {
                'rule': 'impossible_quantity',
                'when': 'is_cancellation = (quantity >= 0) or quantity = 0',
                'because': "'Quantity ' || quantity || ' does not fit invoice `' || invoice_no || '`'",
            },
            {
                'rule': 'unknown_country',
                'when': 'not is_known_country',
                'because': "'country `' || coalesce(country, '') || '` is in no territory of territories.csv'",
            },
        ]) }} as rejection
    from joined

),

cleaned_lines as (

    -- the rules of company.yaml come first, so that no copy of a line is taken back or takes back
    with lines as (

        select * from judged

    )

    {{ cleaned('lines') }}

),

taken_back as (

    select
        cancelled._source_key,
        cancelled._source_row,
        cancelled.invoiced_at,
        -cancelled.quantity as quantity,
        ordered._source_key as ordered_key,
        ordered.invoice_no as order_no,
        ordered.quantity as ordered_quantity
    from cleaned_lines as cancelled
    inner join cleaned_lines as ordered
        on
            cancelled.customer_id = ordered.customer_id
            and cancelled.stock_code = ordered.stock_code
            and cancelled.unit_price = ordered.unit_price
            and cancelled.invoiced_at >= ordered.invoiced_at
            and -cancelled.quantity <= ordered.quantity
    where
        cancelled.is_cancellation
        and cancelled.rejection is null
        and not ordered.is_cancellation
        and ordered.rejection is null
    qualify
        row_number() over (
            partition by cancelled._source_key
            order by ordered.invoiced_at desc, ordered._source_row desc
        ) = 1

),

summed as (

    select
        _source_key,
        order_no,
        ordered_quantity,
        sum(quantity) over (partition by ordered_key order by invoiced_at, _source_row) as quantity_so_far
    from taken_back

)

select
    line.invoice_no,
    line.is_cancellation,
    line.stock_code,
    line.description,
    line.quantity,
    line.invoiced_at,
    cast(line.invoiced_at as date) as invoiced_on,
    line.unit_price,
    cast(line.quantity * line.unit_price as decimal(18, 2)) as amount,
    line.customer_id,
    line.country,
    summed.order_no,
    line._source_file,
    line._source_row,
    line._source_key,
    coalesce(
        line.rejection,
        {{ rejection([
            {
                'rule': 'cancellation_of_nobody',
                'when': 'line.is_cancellation and line.customer_id is null',
                'because': "'a cancellation without customer can be related to no order'",
            },
            {
                'rule': 'cancellation_without_order',
                'when': 'line.is_cancellation and summed.order_no is null',
                'because': "'customer `' || line.customer_id || '` has no earlier order of `' || line.stock_code || '` at ' "
                    ~ "|| line.unit_price || ' in at least this quantity'",
            },
            {
                'rule': 'cancellation_above_order',
                'when': 'summed.quantity_so_far > summed.ordered_quantity',
                'because': "'with this line ' || summed.quantity_so_far || ' would be taken back of the ' || "
                    ~ "summed.ordered_quantity || ' ordered with invoice `' || summed.order_no || '`'",
            },
        ]) }}
    ) as rejection
from cleaned_lines as line
left join summed
    on line._source_key = summed._source_key
