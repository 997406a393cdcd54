{#- Whether the pipeline runs dbt, which shuts and opens the gates itself (perf_pipelines/closing.py). -#}
{% macro is_run_by_pipeline() -%}
    {{ return(env_var('PERF_RUN_BY_PIPELINE', '') == 'yes') }}
{%- endmacro %}


{#-
    Shut every gate when somebody builds with a bare dbt command: what then stands in the warehouse has passed no gate, so
    nothing of it is published before the pipeline has run again. Nothing for a command that builds nothing.
-#}
{% macro shut_gates() -%}
    {%- if execute and flags.WHICH in ['run', 'build', 'seed', 'snapshot', 'retry', 'clone', 'run-operation'] and not is_run_by_pipeline() -%}
        delete from {{ source('control', 'open_gate') }}
    {%- endif -%}
{%- endmacro %}
