{#-
    A table that keeps the rows of other periods: its pre-hook forgets those of the periods being closed, and what the
    model says of them is inserted in the same transaction. dbt's own first fills a temporary table and compares the
    columns of both, in case the model's code has changed; here a warehouse that other code built has been thrown away
    before (Warehouse.prepare), and the contract is checked each time, because the scheme has a say in the SQL.
-#}
{% materialization incremental, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if existing is none -%}
            {{ create_table_as(false, target, sql) }}
        {%- else -%}
            {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
            insert into {{ target }} by name (
                {{ sql }}
            )
        {%- endif -%}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
