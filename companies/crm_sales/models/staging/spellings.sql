-- Names that the systems write differently, and what is meant. Each use is counted in company_reconciliations.
select
    field,
    written,
    meant
from (
    values
    ('product', 'GTXPro', 'GTX Pro'),
    ('sector', 'technolgy', 'technology')
) as spelling (field, written, meant)
