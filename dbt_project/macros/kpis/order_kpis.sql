{#- Amounts of orders less what was refunded of them, each on its own day, with credit by `credit`. -#}
{% macro net_revenue(credit) -%}
    {{ kpi_contributions(
        of=ref('orders'), occurred_on='ordered_on', unit='order_id', credit=credit,
        numerator='amount', segments=order_segments(),
    ) }}

    union all

    {{ kpi_contributions(
        of=ref('refunded_orders'), occurred_on='counts_on', unit='order_id', credit=credit,
        numerator='-amount', segments=order_segments(),
    ) }}
{%- endmacro %}


{#- Amounts refunded, of the amounts ordered, with credit by `credit`. -#}
{% macro returned_share(credit, segments) -%}
    {{ kpi_contributions(
        of=ref('orders'), occurred_on='ordered_on', unit='order_id', credit=credit,
        numerator='0', denominator='amount', segments=segments,
    ) }}

    union all

    {{ kpi_contributions(
        of=ref('refunded_orders'), occurred_on='counts_on', unit='order_id', credit=credit,
        numerator='amount', denominator='0', segments=segments,
    ) }}
{%- endmacro %}
