{#- Of the rows `of`, the `part`s within each group sum exactly to the `whole`, which all rows of the group agree on. -#}
{% test sums_to(model, part, whole, within, of='true') %}
select
    {{ within | join(', ') }},
    sum({{ part }}) as sum_of_parts,
    min({{ whole }}) as least_whole,
    max({{ whole }}) as largest_whole
from {{ model }}
where {{ of }}
group by {{ within | join(', ') }}
having not coalesce(sum({{ part }}) = min({{ whole }}) and min({{ whole }}) = max({{ whole }}), false)
{% endtest %}
