{#- No two rows of the same keys are valid on the same day; both ends count. -#}
{% test no_overlap(model, keys, from_column, to_column) %}
with stretches as (

    select
        *,
        lead({{ from_column }}) over (partition by {{ keys | join(', ') }} order by {{ from_column }}, {{ to_column }}) as next_from
    from {{ model }}

)

select *
from stretches
where next_from <= {{ to_column }} or {{ to_column }} < {{ from_column }}
{% endtest %}
