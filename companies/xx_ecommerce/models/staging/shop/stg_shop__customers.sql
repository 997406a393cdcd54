with typed as (

    select
        raw.customer_id,
        raw.name,
        {{ normalised_phone('raw.phone') }} as phone_normalised,
        {{ normalised_email('raw.email') }} as email_normalised,
        nullif(trim(raw.device_id), '') as device_id,
        try_cast(raw.registered_at as timestamptz) as registered_at,
        {{ local_day('try_cast(raw.registered_at as timestamptz)', 'Asia/Shanghai') }} as registered_on,
        raw.channel,
        raw.campaign_id,
        try_cast(raw.is_test as boolean) as is_test,
        {{ raw_row() }}
    from {{ source('shop', 'customers') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', 'customer_id'),
            must_be('moment', 'registered_at'),
            must_be('flag', 'is_test'),
        ]) }} as rejection
    from typed

),

person as (

    {{ persons(
        'judged',
        id='customer_id',
        matches=['phone_normalised', 'email_normalised', 'device_id'],
        first_by='registered_at',
        among='rejection is null and not is_test',
    ) }}

),

identified as (

    select
        judged.*,
        coalesce(person.person_id, judged.customer_id) as person_id
    from judged
    left join person on judged.customer_id = person.customer_id

)

{{ cleaned('identified') }}
