{#-
    A table made anew in one transaction, under its own name: dropped and created, without the copy beside it that
    dbt renames (see view.sql). Its contract is checked by create_table_as.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        drop table if exists {{ target }};
        {{ create_table_as(false, target, sql) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
