with typed as (

    select
        raw.id,
        raw.employee_id,
        try_cast(raw.worked_on as date) as worked_on,
        {{ amount('raw.standard_hours') }} as standard_hours,
        {{ amount('raw.worked_hours') }} as worked_hours,
        {{ raw_row() }}
    from {{ source('hris', 'attendance') }} as raw

),

judged as (

    select
        typed.*,
        {{ rejection([
            must_be('date', 'worked_on', blocks=true),
            must_be('number', ['standard_hours', 'worked_hours'], blocks=true),
        ]) }} as rejection
    from typed

)

{{ cleaned('judged') }}
