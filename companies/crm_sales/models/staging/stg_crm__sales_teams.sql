with numbered as (

    select
        raw.sales_agent,
        raw.manager,
        raw.regional_office,
        row_number() over (
            partition by {{ slug('sales_agent') }}, {{ slug('manager') }}, {{ slug('regional_office') }}
            order by _source_row
        ) as copy,
        count(distinct row({{ slug('manager') }}, {{ slug('regional_office') }})) over (
            partition by {{ slug('sales_agent') }}
        ) as teams_of_agent,
        count(distinct {{ slug('regional_office') }}) over (partition by {{ slug('manager') }}) as offices_of_manager,
        {{ raw_row() }}
    from {{ source('crm', 'sales_teams') }} as raw

),

judged as (

    select
        {{ slug('sales_agent') }} as employee_id,
        trim(sales_agent) as employee_name,
        {{ slug('manager') }} as manager_id,
        trim(manager) as manager_name,
        {{ slug('regional_office') }} as department_id,
        trim(regional_office) as department_name,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            {
                'rule': 'value_missing',
                'when': 'sales_agent is null or manager is null or regional_office is null',
                'because': "'agent, manager and regional office must all be given'",
                'blocks': true,
            },
            {
                'rule': 'contradictory_key',
                'when': 'teams_of_agent > 1',
                'because': "'sales agent `' || sales_agent || '` stands in ' || teams_of_agent || ' different teams'",
                'blocks': true,
            },
            {
                'rule': 'contradictory_key',
                'when': 'offices_of_manager > 1',
                'because': "'manager `' || manager || '` stands in ' || offices_of_manager || ' regional offices'",
                'blocks': true,
            },
            {
                'rule': 'duplicate_row',
                'when': 'copy > 1',
                'because': "'sales agent `' || sales_agent || '` stands here again, with the same team'",
            },
        ]) }} as rejection
    from numbered

)

{{ cleaned('judged') }}
