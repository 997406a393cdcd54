{#-
    The columns text_zh and text_en: of `cases`, a list of (condition, Chinese template, English template), the first
    whose condition holds. A template's {column} stands for the text in that column.
-#}
{% macro sentences(cases) -%}
    case
        {% for condition, zh, en in cases -%}
        when {{ condition }} then {{ filled(zh) }}
        {% endfor -%}
    end as text_zh,
    case
        {% for condition, zh, en in cases -%}
        when {{ condition }} then {{ filled(en) }}
        {% endfor -%}
    end as text_en
{%- endmacro %}


{#- A template with the columns that it names, as an SQL text. -#}
{% macro filled(template) -%}
    '{{ template | replace("'", "''") | replace("{", "' || ") | replace("}", " || '") }}'
{%- endmacro %}
