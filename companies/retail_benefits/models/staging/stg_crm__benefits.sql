with typed as (

    select
        raw.benefit_use_id,
        raw.customer_id,
        raw.benefit,
        try_cast(raw.granted_on as date) as granted_on,
        raw.used_on as used_on_as_written,
        try_cast(raw.used_on as date) as used_on,
        {{ raw_row() }}
    from {{ source('crm', 'benefits') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['benefit_use_id', 'customer_id']),
            must_be('date', 'granted_on'),
            must_be('date', 'used_on', optional=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
