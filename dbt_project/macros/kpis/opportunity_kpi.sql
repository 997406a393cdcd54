{#-
    A KPI over opportunities: which ones count, and with what numerator and denominator. Each counts for the
    employee who works it, on the day it was closed, with full credit.
-#}
{% macro opportunity_kpi(numerator, denominator, counts) -%}
    select
        cast('{{ model.name.removeprefix("kpi_") }}' as varchar) as kpi_id,
        employee_id,
        closed_on as occurred_on,
        opportunity_id as unit_id,
        cast({{ numerator }} as decimal(18, 4)) as numerator,
        cast({{ denominator }} as decimal(18, 4)) as denominator,
        cast(1 as decimal(9, 8)) as credit,
        source_system,
        source_table,
        source_key,
        map { 'product': product_id, 'sector': sector, 'region': region } as segments
    from {{ ref('opportunities') }}
    where {{ counts }}
{%- endmacro %}
