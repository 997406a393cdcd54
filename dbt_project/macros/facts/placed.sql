{#-
    Contributions with `members`, a list of (level, member_id): the company; and the positions and departments of the
    employee on that day, or nobody. What belongs to nobody, or to somebody without an assignment on that day, counts
    for `nobody` beside the company. While a period is running the employee is a member too, because somebody who falls
    behind is told what moved the own figure.
-#}
{% macro placed(contributions) -%}
    (
        select
            contribution.*,
            list_prepend(
                {'level': 'company', 'member_id': company.company_id},
                coalesce(
                    case
                        when run.is_running and place.members is not null
                            then list_append(place.members, {'level': 'employee', 'member_id': contribution.employee_id})
                        else place.members
                    end,
                    [{'level': 'nobody', 'member_id': 'nobody'}]
                )
            ) as members
        from {{ contributions }} as contribution
        cross join {{ source('control', 'company') }} as company
        cross join (
            select coalesce(bool_or(is_running), false) as is_running from {{ source('control', 'period') }}
        ) as run
        left join {{ ref('int_employee_place') }} as place
            on
                contribution.employee_id = place.employee_id
                and contribution.occurred_on between place.begins_on and place.ends_on
    )
{%- endmacro %}


{#- What stands once in `relation`, with a list `members`, for each of them, with the columns level and member_id. -#}
{% macro by_member(relation) -%}
    (
        select
            listed.* exclude (members, member),
            member.level as level,
            member.member_id as member_id
        from (select *, unnest(members) as member from {{ relation }}) as listed
    )
{%- endmacro %}
