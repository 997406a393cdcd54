-- Each subject of a reward once: on the day on which all of it that counted since the reward began first came to what
-- is asked. Everything is added up from the KPI models, so that it makes no difference which periods were closed.
{%- set rewarded = rewarded_kpis() %}
with counted as (

    {% if rewarded -%}
    select
        reward.reward_id,
        contribution.occurred_on,
        contribution.employee_id,
        case reward.subject
            when 'unit' then contribution.unit_id
            else contribution.segments[reward.subject]
        end as subject_id,
        {{ credited('numerator') }} as amount
    from {{ contributions_of(rewarded) }} as contribution
    inner join {{ source('scheme', 'reward') }} as reward
        on
            contribution.kpi_id = reward.kpi_id
            and contribution.occurred_on between reward.valid_from and reward.valid_to
    where contribution.occurred_on <= (select max(period.ends_on) from {{ source('control', 'period') }} as period)
    {%- else -%}
    select
        reward_id,
        valid_from as occurred_on,
        reward_id as employee_id,
        subject as subject_id,
        reaches as amount
    from {{ source('scheme', 'reward') }}
    where false
    {%- endif %}

),

by_day as (

    select
        reward_id,
        subject_id,
        occurred_on,
        sum(amount) as amount
    from counted
    where subject_id is not null
    group by reward_id, subject_id, occurred_on

),

running as (

    select
        reward_id,
        subject_id,
        occurred_on,
        sum(amount) over (partition by reward_id, subject_id order by occurred_on) as total
    from by_day

),

reached as (

    select
        running.reward_id,
        running.subject_id,
        min(running.occurred_on) as occurred_on,
        arg_min(running.total, running.occurred_on) as total
    from running
    inner join {{ source('scheme', 'reward') }} as reward
        on running.reward_id = reward.reward_id
    where running.total >= reward.reaches
    group by running.reward_id, running.subject_id

),

in_the_period as (

    select
        period.period_id,
        reached.*
    from reached
    inner join {{ source('control', 'period') }} as period
        on reached.occurred_on between period.rewards_from and period.ends_on

),

contributor as (

    select
        earned.period_id,
        earned.reward_id,
        earned.subject_id,
        earned.occurred_on,
        earned.total,
        counted.employee_id,
        sum(counted.amount) as amount
    from in_the_period as earned
    inner join counted
        on
            earned.reward_id = counted.reward_id
            and earned.subject_id = counted.subject_id
            and earned.occurred_on >= counted.occurred_on
    group by
        earned.period_id,
        earned.reward_id,
        earned.subject_id,
        earned.occurred_on,
        earned.total,
        counted.employee_id

),

-- whoever has contributed most of those who were there on that day, in a position that may have it
winner as (

    select
        contributor.period_id,
        contributor.reward_id,
        contributor.subject_id,
        contributor.occurred_on,
        contributor.total,
        arg_min(contributor.employee_id, row(-contributor.amount, contributor.employee_id)) as employee_id
    from contributor
    inner join {{ source('scheme', 'reward') }} as reward
        on contributor.reward_id = reward.reward_id
    inner join {{ ref('assignments') }} as assignment
        on
            contributor.employee_id = assignment.employee_id
            and contributor.occurred_on between assignment.valid_from and assignment.valid_to
            and (reward.positions is null or list_contains(reward.positions, assignment.position_id))
    group by
        contributor.period_id,
        contributor.reward_id,
        contributor.subject_id,
        contributor.occurred_on,
        contributor.total

),

named as (

    select
        winner.*,
        reward.points,
        reward.money,
        scheme.currency,
        kpi.unit,
        kpi.unit_zh,
        reward.reaches,
        coalesce(employee.name_zh, winner.employee_id) as employee_zh,
        coalesce(employee.name_en, winner.employee_id) as employee_en,
        reward.name_zh as reward_zh,
        reward.name_en as reward_en,
        kpi.name_zh as kpi_zh,
        kpi.name_en as kpi_en,
        coalesce(campaign.name_zh, winner.subject_id) as subject_zh,
        coalesce(campaign.name_en, winner.subject_id) as subject_en,
        concat_ws(
            '、', {{ as_number('reward.points') }} || ' 积分', {{ as_number('reward.money') }} || ' ' || scheme.currency
        ) as given_zh,
        concat_ws(
            ' and ',
            {{ as_number_of('reward.points', 'point', 'points') }},
            {{ as_number('reward.money') }} || ' ' || scheme.currency
        ) as given_en
    from winner
    inner join {{ source('scheme', 'reward') }} as reward
        on winner.reward_id = reward.reward_id
    inner join {{ source('scheme', 'kpi') }} as kpi
        on reward.kpi_id = kpi.kpi_id
    inner join {{ ref('employees') }} as employee
        on winner.employee_id = employee.employee_id
    left join {{ ref('campaigns') }} as campaign
        on reward.subject = 'campaign' and winner.subject_id = campaign.campaign_id
    cross join {{ source('scheme', 'scheme') }} as scheme

),

in_units as (

    select
        *,
        {{ in_its_unit('total') }},
        {{ in_its_unit('reaches') }}
    from named

),

worded as (

    select
        *,
        {{ sentences([
            (
                'true',
                '{employee_zh}：「{subject_zh}」的{kpi_zh}累计达到 {total_zh}（要求 {reaches_zh}），获得即时奖励「{reward_zh}」：{given_zh}。',
                '{employee_en}: {kpi_en} of "{subject_en}" reached {total_en} (asked: {reaches_en}); instant reward "{reward_en}": {given_en}.',
            ),
        ]) }}
    from in_units

)

select
    period_id,
    reward_id,
    subject_id,
    employee_id,
    occurred_on,
    points,
    money as amount,
    case when money is not null then currency end as currency,
    text_zh as sentence_zh,
    text_en as sentence_en
from worded
