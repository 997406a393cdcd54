{#- Whether the pipeline runs dbt, which has probed the contracts of these models before. -#}
{% macro is_run_by_pipeline() -%}
    {{ return(env_var('PERF_RUN_BY_PIPELINE', '') == 'yes') }}
{%- endmacro %}

