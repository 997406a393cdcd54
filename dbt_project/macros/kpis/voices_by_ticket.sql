{#- What customers say (`kind`: complaint or praise) by the tickets handled: of whom they speak, and who handles them. -#}
{% macro voices_by_ticket(kind) -%}
    {{ kpi_contributions(
        of=ref('voices'), occurred_on='said_on', unit='voice_id', credit='employee_id',
        denominator='0', counts="kind = '" ~ kind ~ "'",
    ) }}

    union all

    {{ kpi_contributions(
        of=ref('tickets'), occurred_on='opened_on', unit='ticket_id', credit='handler_id', numerator='0',
    ) }}
{%- endmacro %}
