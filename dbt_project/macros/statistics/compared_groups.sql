{#- By what ratings are compared, as structs (dimension, group_id) of a row of int_employee_group. -#}
{% macro compared_groups(row) -%}
    [
        {% for dimension, column in [
            ('department', 'department_id'), ('position', 'position_id'), ('employment', 'employment')
        ] -%}
        struct_pack(dimension := '{{ dimension }}', group_id := {{ row }}.{{ column }})
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
    ]
{%- endmacro %}
