-- Each comparison of two places on a day, with whether it agrees and who has waived it if not. A waiver holds for the
-- two values that the run before it read; one that was given for others is named, because the gate is closed in spite
-- of it.
with compared as (

    select
        measure,
        occurred_on,
        system_a,
        value_a,
        system_b,
        value_b,
        tolerance,
        resolution,
        differing_keys,
        coalesce(cast(value_a as varchar), 'null') as value_a_as_waived,
        coalesce(cast(value_b as varchar), 'null') as value_b_as_waived
    from {{ ref('reconciliations') }}

),

given as (

    select
        measure,
        occurred_on,
        system_a,
        system_b,
        string_agg(
            'the waiver by ' || waived_by || case
                when value_a is null then ' does not say for which values'
                else ' was for other values, ' || value_a || ' and ' || value_b
            end,
            '; ' order by value_a nulls first, value_b, waived_by
        ) as said
    from {{ source('control', 'waiver') }}
    group by measure, occurred_on, system_a, system_b

)

select
    compared.measure,
    compared.occurred_on,
    compared.system_a,
    compared.value_a,
    compared.value_a_as_waived,
    compared.system_b,
    compared.value_b,
    compared.value_b_as_waived,
    compared.tolerance,
    compared.resolution,
    compared.differing_keys,
    compared.resolution is null
    and not {{ within_tolerance('compared.value_a', 'compared.value_b', 'compared.tolerance') }} as is_open,
    waiver.waived_by,
    waiver.reason as waived_because,
    case when waiver.waived_by is null then given.said end as waived_for_other_values
from compared
left join {{ source('control', 'waiver') }} as waiver
    on
        compared.measure = waiver.measure
        and compared.occurred_on = waiver.occurred_on
        and compared.system_a = waiver.system_a
        and compared.value_a_as_waived = waiver.value_a
        and compared.system_b = waiver.system_b
        and compared.value_b_as_waived = waiver.value_b
left join given
    on
        compared.measure = given.measure
        and compared.occurred_on = given.occurred_on
        and compared.system_a = given.system_a
        and compared.system_b = given.system_b
