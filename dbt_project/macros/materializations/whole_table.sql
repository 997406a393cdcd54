{#-
    A table that is replaced under its own name, in one transaction. dbt's own `table` fills a copy beside it and renames
    both, so that readers are never without it; nobody reads the warehouse while it is built.
-#}
{% materialization whole_table, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none and existing.is_view %}{% do adapter.drop_relation(existing) %}{% endif -%}
    {%- call statement('main') -%}
        {%- if config.get('contract').enforced -%}
            {{ probed_contract(existing, sql) }}
            create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
            insert into {{ target }} {{ get_column_names() }} (
                {{ get_select_subquery(sql) }}
            )
        {%- else -%}
            create or replace table {{ target }} as (
                {{ sql }}
            )
        {%- endif -%}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#-
    Compare the columns of `sql` with the model's contract, which costs an empty query. Not where the table was created by
    the pipeline from these very models: it says so with PERF_CONTRACTS_PROBED. A bare dbt command compares on every run,
    because the SQL may have been edited since.
-#}
{% macro probed_contract(existing, sql) -%}
    {%- set is_known = existing is not none and env_var('PERF_CONTRACTS_PROBED', '') == 'yes' -%}
    {%- if config.get('contract').enforced and not is_known -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif -%}
{%- endmacro %}
