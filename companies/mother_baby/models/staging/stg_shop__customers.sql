with typed as (

    select
        raw.customer_id,
        {{ normalised_phone('raw.phone') }} as phone,
        try_cast(raw.registered_on as date) as registered_on,
        try_cast(raw.is_test as boolean) as is_test,
        raw.owner_id,
        {{ raw_row() }}
    from {{ source('shop', 'customers') }} as raw

),

person as (

    {{ persons('typed', id='customer_id', matches=['phone'], first_by='registered_on', among='not is_test') }}

),

judged as (

    select
        typed.*,
        person.person_id,
        {{ rejection([
            must_be('present', 'typed.customer_id', called='customer_id'),
            must_be('date', 'registered_on'),
            must_be('flag', 'is_test'),
        ]) }} as rejection
    from typed
    left join person
        on typed.customer_id = person.customer_id

)

{{ cleaned('judged') }}
