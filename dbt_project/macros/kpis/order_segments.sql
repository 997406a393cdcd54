{#-
    The segments by which orders and what is refunded of them are looked at. Who is not known may have bought before:
    an order without customer is neither of a new one nor of a returning one.
-#}
{% macro order_segments() -%}
    {{ return({
        'customers': "case when counted.customer_id is null then 'unknown' when counted.is_returning then 'returning' else 'new' end",
        'channel': 'counted.channel',
        'shop': 'counted.shop_id',
    }) }}
{%- endmacro %}
