{#-
    The contributions of a KPI: which rows of the relation `of` count, with what numerator and denominator, for whom.

    `credit` says who gets it: the name of a column with the employee, owner_of(kind, column) or led_by(relation, key,
    employee). A row that belongs to nobody keeps its whole credit with employee_id null: it counts for the company and
    for nobody's score. `segments`: name → SQL expression over `counted`, and over `leader` where it is led. A KPI made of
    several relations is a `union all` of several calls.
-#}
{% macro kpi_contributions(of, occurred_on, unit, credit, numerator='1', denominator='1', counts='true', segments={}) -%}
    {%- set owned = credit is mapping and credit.owner_of is defined -%}
    {%- set led = credit is mapping and credit.led_by is defined -%}
    select
        cast('{{ model.name.removeprefix("kpi_") }}' as varchar) as kpi_id,
        {{ 'owner.employee_id' if owned else 'leader.' ~ credit.employee if led else 'counted.' ~ credit }} as employee_id,
        counted.{{ occurred_on }} as occurred_on,
        counted.{{ unit }} as unit_id,
        cast({{ numerator }} as decimal(18, 4)) as numerator,
        cast({{ denominator }} as decimal(18, 4)) as denominator,
        cast({{ 'coalesce(owner.share, 1)' if owned else '1' }} as decimal(9, 8)) as credit,
        counted.source_system,
        counted.source_table,
        counted.source_key,
        {% if segments -%}
        map { {% for name, value in segments.items() %}'{{ name }}': cast({{ value }} as varchar){% if not loop.last %}, {% endif %}{% endfor %} } as segments
        {%- else -%}
        cast(map { } as map(varchar, varchar)) as segments
        {%- endif %}
    from {{ of }} as counted
    {% if owned -%}
    left join {{ ref('ownership') }} as owner
        on
            owner.subject_kind = '{{ credit.owner_of }}'
            and counted.{{ credit.column }} = owner.subject_id
            and counted.{{ occurred_on }} between owner.valid_from and owner.valid_to
    {% endif -%}
    {% if led -%}
    inner join {{ credit.led_by }} as leader
        on counted.{{ credit.key }} = leader.{{ credit.key }}
    {% endif -%}
    where {{ counts }}
{%- endmacro %}


{#- Credit to who owns the subject (customer, shop, channel) in `column` on the day that counts, by share. -#}
{% macro owner_of(kind, column) -%}
    {{ return({'owner_of': kind, 'column': column}) }}
{%- endmacro %}


{#- Credit to the `employee` of the row of `relation` with the same `key`; what has none there does not count. -#}
{% macro led_by(relation, key, employee) -%}
    {{ return({'led_by': relation, 'key': key, 'employee': employee}) }}
{%- endmacro %}
