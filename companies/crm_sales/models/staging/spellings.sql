-- Names that the systems write differently, and what is meant. Each use is counted in company_reconciliations.
with spelling (field, written, meant) as (

    values
    ('product', 'GTXPro', 'GTX Pro'),
    ('sector', 'technolgy', 'technology')

)

select
    field,
    written,
    meant
from spelling
