{#- The segments by which orders and what is refunded of them are looked at. -#}
{% macro order_segments() -%}
    {{ return({
        'customers': "case when is_returning then 'returning' else 'new' end",
        'channel': 'channel',
        'shop': 'shop_id',
    }) }}
{%- endmacro %}
