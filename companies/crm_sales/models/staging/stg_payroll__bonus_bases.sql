with numbered as (

    select
        raw.position,
        raw.bonus_base as bonus_base_as_written,
        {{ amount('bonus_base') }} as bonus_base,
        count(*) over (partition by position) as copies,
        {{ raw_row() }}
    from {{ source('payroll', 'bonus_bases') }} as raw

),

judged as (

    select
        trim(position) as position_id,
        bonus_base,
        _source_file,
        _source_row,
        _source_key,
        {{ rejection([
            {
                'rule': 'contradictory_key',
                'when': 'copies > 1',
                'because': "'position `' || position || '` stands ' || copies || ' times'",
                'blocks': true,
            },
            {
                'rule': 'not_a_number',
                'when': 'bonus_base is null or bonus_base < 0',
                'because': "'bonus_base `' || coalesce(bonus_base_as_written, '') || '` is no amount of money from 0 on'",
                'blocks': true,
            },
        ]) }} as rejection
    from numbered

)

{{ cleaned('judged') }}
