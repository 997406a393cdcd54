{#-
    The contributions of every KPI that the company's scheme uses, each a model of its own, in each of `periods`: a
    relation with the columns period_id, starts_on and ends_on, whose names may begin with `prefix`. With `kpis` of these
    alone. Where `periods` are not those of this run, `days_of` is a relation of sources whose days hold theirs.
-#}
{% macro contributions_during(periods, prefix='', kpis=none, days_of=none) -%}
    select
        period.{{ prefix }}period_id as period_id,
        contribution.kpi_id,
        contribution.employee_id,
        contribution.occurred_on,
        contribution.unit_id,
        contribution.numerator,
        contribution.denominator,
        contribution.credit,
        contribution.source_system,
        contribution.source_table,
        contribution.source_key,
        contribution.segments
    from {{ contributions_of(kpis_in_use() if kpis is none else kpis) }} as contribution
    inner join {{ periods }} as period
        on contribution.occurred_on between period.{{ prefix }}starts_on and period.{{ prefix }}ends_on
    where {{ among_the_days('contribution.occurred_on', prefix, days_of or source('control', 'period')) }}
{%- endmacro %}


{#- The contributions of these KPIs on any day, made anew from their models. -#}
{% macro contributions_of(kpis) -%}
    (
        {% for kpi_id in kpis -%}
        select
            kpi_id,
            employee_id,
            occurred_on,
            unit_id,
            numerator,
            denominator,
            credit,
            source_system,
            source_table,
            source_key,
            segments
        from {{ ref('kpi_' ~ kpi_id) }}
        {% if not loop.last %}union all{% endif %}
        {% endfor -%}
    )
{%- endmacro %}


{#- The KPIs of the company's scheme, in its order. -#}
{% macro kpis_in_use() -%}
    {{ return(company_supplies().kpis) }}
{%- endmacro %}
