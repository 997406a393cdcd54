{#-
    Which rows of `relation` are one person: (id, person_id), person_id being the id of the earliest row (`first_by`,
    then `id`) of all that hang together by equal values in any of the columns `matches`, directly or through others.
    A null matches nothing. `among`: the rows that are looked at; the others are left out of the result.
-#}
{% macro persons(relation, id, matches, first_by, among='true') -%}
    with recursive candidate as (

        select
            {{ id }} as id,
            row_number() over (order by {{ first_by }}, {{ id }}) as place,
            {{ matches | join(', ') }}
        from {{ relation }}
        where {{ among }}

    ),

    shared as (

        {% for column in matches %}
        select
            place,
            min(place) over (partition by {{ column }}) as hub
        from candidate
        where {{ column }} is not null
        {% if not loop.last %}union all{% endif %}
        {% endfor %}

    ),

    edge as (

        select place, hub as other from shared where place <> hub
        union
        select hub, place from shared where place <> hub

    ),

    reached (place, other) as (

        select place, place from edge
        union
        select reached.place, edge.other
        from reached
        inner join edge on reached.other = edge.place

    ),

    earliest as (

        select place, min(other) as person_place
        from reached
        group by place

    )

    select
        candidate.id as {{ id }},
        coalesce(person.id, candidate.id) as person_id
    from candidate
    left join earliest on candidate.place = earliest.place
    left join candidate as person on earliest.person_place = person.place
{%- endmacro %}


{#- A mobile number as its digits: country code 86 and everything that is no digit taken off; null if nothing is left. -#}
{% macro normalised_phone(text) -%}
    nullif(regexp_replace(regexp_replace({{ text }}, '[^0-9]', '', 'g'), '^(00)?86(1[0-9]{10})$', '\2'), '')
{%- endmacro %}


{#- An e-mail address in lower case without +tag; null if it has no @. -#}
{% macro normalised_email(text) -%}
    case
        when {{ text }} like '%@%'
            then regexp_replace(lower(trim({{ text }})), '\+[^@]*@', '@')
    end
{%- endmacro %}
