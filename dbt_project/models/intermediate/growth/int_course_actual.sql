-- Each KPI of each of those who are compared, before or after a course.
{{ aggregate(ref('int_course_contribution'), ['stretch_id', 'employee_id']) }}
