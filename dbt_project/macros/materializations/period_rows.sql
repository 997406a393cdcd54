{#-
    A table that keeps the rows of other periods. The rows of the periods being closed are deleted and inserted in one
    transaction; nothing else is touched, so the cost does not grow with history.

    dbt's own `incremental` fills a temporary table and compares the columns of both on each run. Here the contract is
    probed when the table is created: the pipeline throws away a warehouse that other code has built.
-#}
{% materialization period_rows, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if existing is none or existing.is_view or should_full_refresh() -%}
            {%- if existing is not none %}{% do adapter.drop_relation(existing) %}{% endif %}
            {{ create_table_as(false, target, sql) }}
        {%- else -%}
            {{ probed_contract(existing, sql) }}
            delete from {{ target }} where period_id in (select period_id from {{ source('control', 'period') }});
            insert into {{ target }} by name (
                {{ sql }}
            )
        {%- endif -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
