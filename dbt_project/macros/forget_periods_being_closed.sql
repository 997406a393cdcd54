{#-
    A mart holds many periods. Closing a period again first forgets its rows, so that a row that no longer
    exists does not stay. Only these periods are touched: the cost does not grow with history.
-#}
{% macro forget_periods_being_closed() -%}
    {%- if model.config.materialized == 'incremental' and is_incremental() -%}
        delete from {{ this }} where period_id in (select period_id from {{ source('control', 'period') }})
    {%- endif -%}
{%- endmacro %}
