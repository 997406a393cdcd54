-- Who holds a position that the company does not have, and whether the scheme has it.
select
    assignment.employee_id,
    assignment.position_id,
    case
        when count(line.position_id) = 0 then 'neither company_positions.sql nor scheme.yaml has such a position'
        else 'scheme.yaml has such a position, company_positions.sql has not'
    end as finding
from {{ ref('assignments') }} as assignment
left join {{ ref('positions') }} as position
    on assignment.position_id = position.position_id
left join {{ source('scheme', 'position_kpi') }} as line
    on assignment.position_id = line.position_id
where assignment.position_id is not null and position.position_id is null
group by assignment.employee_id, assignment.position_id
