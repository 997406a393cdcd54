-- Each KPI of each employee in each week.
{{ aggregate(ref('int_strength_contribution'), ['period_id', 'employee_id', 'weeks_back']) }}
