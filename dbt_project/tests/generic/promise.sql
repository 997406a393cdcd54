{#- Every row keeps the promise `is`; the rows that break it are the failures. `says` is for readers. -#}
{% test promise(model, says, is) %}
{{ config(meta={'says': says}) }}
select *
from {{ model }}
where not coalesce({{ is }}, false)
{% endtest %}
