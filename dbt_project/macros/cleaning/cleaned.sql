{#-
    The end of a staging model: the rows of `relation` with `rejection` filled by the rules that company.yaml lists for
    the model's table, in that order. A rule looks only at rows that nothing before it has refused.

    `relation` is a CTE of the model with a column `rejection` (see macros/inputs/rejection.sql) and `_source_key`. A
    rule kind is a macro cleaning_<kind>(rule) in a file of its own, which returns {when, because}: SQL over the
    columns of the staging model, in which windows are partitioned by `rejection is null`; and a class of the same
    kind in perf_pipelines/cleaning.py, which checks its parameters.
-#}
{% macro cleaned(relation) -%}
    {%- set rules = company_supplies().cleaning.get(model.name, []) -%}
    {%- set steps = namespace(last=relation) -%}
    {%- for rule in rules %}
    {%- set test = context['cleaning_' ~ rule.kind](rule) %}
    , cleaned_{{ loop.index }} as (

        select * replace (
            case
                when rejection is not null then rejection
                when {{ test.when }}
                    then struct_pack(rule := '{{ rule.kind }}', reason := {{ test.because }}, blocks := false)
            end as rejection
        )
        from {{ steps.last }}

    )
    {%- set steps.last = 'cleaned_' ~ loop.index -%}
    {%- endfor %}

    select *
    from {{ steps.last }}
{%- endmacro %}


{#- A list of columns, each followed by a comma: the head of a `partition by` of the rows not refused so far. -#}
{% macro not_refused_by(columns) -%}
    partition by rejection is null, {{ columns | join(', ') }}
{%- endmacro %}
