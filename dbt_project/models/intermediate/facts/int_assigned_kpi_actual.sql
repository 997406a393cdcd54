-- The actual of each assignment's KPI; a KPI without a contribution has none.
{{ aggregate(
    being_closed(ref('int_assigned_contribution')),
    ['period_id', 'employee_id', 'position_id', 'department_id', 'active_from'],
) }}
