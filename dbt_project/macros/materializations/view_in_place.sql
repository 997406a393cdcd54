{#-
    A view that is replaced in one statement. dbt's own `view` is made under another name, and renamed in two transactions:
    seven round trips for each of some hundred views.

    The SQL of a view depends on the models and on what the company supplies, never on the rows or the period: the
    pipeline creates its views once for each state of the models.
-#}
{% materialization view_in_place, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none and existing.is_table %}{% do adapter.drop_relation(existing) %}{% endif -%}
    {%- call statement('main', auto_begin=false) -%}
        create or replace view {{ target }} as (
            {{ sql }}
        )
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
