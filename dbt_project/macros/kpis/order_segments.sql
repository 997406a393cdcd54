{#- The segments by which orders and what is refunded of them are looked at. -#}
{% macro order_segments() -%}
    {{ return({
        'customers': "case when counted.is_returning then 'returning' else 'new' end",
        'channel': 'counted.channel',
        'shop': 'counted.shop_id',
    }) }}
{%- endmacro %}
