with typed as (

    select
        raw.customer_id,
        raw.owner_id,
        try_cast(raw.owned_since as date) as owned_since,
        {{ raw_row() }}
    from {{ source('crm', 'customers') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('present', ['customer_id', 'owner_id']),
            must_be('date', 'owned_since'),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
