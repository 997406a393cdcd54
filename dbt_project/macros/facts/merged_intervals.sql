{#-
    The intervals of `relation` with those of the same `keys` that overlap or touch made one: (keys, active_from,
    active_to). A day of a key is then in one interval, and a join on it repeats nothing.
-#}
{% macro merged_intervals(relation, keys) -%}
    select
        {{ keys | join(', ') }},
        min(active_from) as active_from,
        max(active_to) as active_to
    from (
        select
            *,
            count(*) filter (where coalesce(active_from > reached + 1, true)) over (
                partition by {{ keys | join(', ') }} order by active_from, active_to
            ) as island
        from (
            select
                {{ keys | join(', ') }},
                active_from,
                active_to,
                max(active_to) over (
                    partition by {{ keys | join(', ') }} order by active_from, active_to
                    rows between unbounded preceding and 1 preceding
                ) as reached
            from {{ relation }}
        )
    )
    group by {{ keys | join(', ') }}, island
{%- endmacro %}
