{#-
    Of the periods being closed, the rows `of` the model and the rows `other_of` the other have the same values in these
    columns, as often in the one as in the other.
-#}
{% test same_rows(model, columns, of, other, other_columns, other_of) %}
with here as (

    select {{ columns }} from {{ model }} where {{ of }}

),

there as (

    select {{ other_columns }} from {{ being_closed(other) }} where {{ other_of }}

)

select 'not in the other' as fault, * from (select * from here except all select * from there)
union all
select 'only in the other' as fault, * from (select * from there except all select * from here)
{% endtest %}
