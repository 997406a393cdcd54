-- Owners of a registration own the person behind it. Where several registrations of a person have owners, those of the
-- registration that stays count, or else those of the earliest.
with owned as (

    select
        ownership.subject_kind,
        coalesce(customer.person_id, ownership.subject_id) as subject_id,
        ownership.employee_id,
        ownership.share,
        ownership.valid_from,
        ownership.valid_to,
        dense_rank() over (
            partition by ownership.subject_kind, coalesce(customer.person_id, ownership.subject_id)
            order by
                coalesce(customer.person_id, ownership.subject_id) <> ownership.subject_id,
                customer.registered_at,
                ownership.subject_id
        ) as place
    from {{ ref('stg_crm__ownership') }} as ownership
    left join {{ ref('stg_shop__customers') }} as customer
        -- one equality: with a condition on the left side alone DuckDB compares every row with every other
        on case when ownership.subject_kind = 'customer' then ownership.subject_id end = customer.customer_id
    where ownership.rejection is null

)

select
    subject_kind,
    subject_id,
    employee_id,
    share,
    valid_from,
    valid_to
from owned
where place = 1
