{#-
    Numbers as people write them, as SQL texts. They are made of the digits of the decimal itself, so that a sentence
    holds the published figure and not one that is nearly it. Null stays null.
-#}

{#- A decimal or integer: thousands separated, no zeros at the end. -#}
{% macro as_number(number) -%}
    {%- set digits = 'cast(abs(' ~ number ~ ') as varchar)' -%}
    (
        case when {{ number }} < 0 then '-' else '' end
        || ltrim(reverse(regexp_replace(reverse(split_part({{ digits }}, '.', 1)), '([0-9]{3})', '\1,', 'g')), ',')
        || rtrim(rtrim('.' || split_part({{ digits }}, '.', 2), '0'), '.')
    )
{%- endmacro %}


{#- A share as a percentage, as it is written in this language. -#}
{% macro as_percentage(share, language) -%}
    {{ as_number('cast(' ~ share ~ ' as decimal(28, 8)) * 100') }} || '{{ "%" if language == "zh" else " %" }}'
{%- endmacro %}


{#- A column in the unit of the row's KPI (columns unit and unit_zh): <column>_zh and <column>_en. -#}
{% macro in_its_unit(column) -%}
    {%- for language, unit in [('zh', 'unit_zh'), ('en', 'unit')] -%}
    case
        when unit = 'share' then {{ as_percentage(column, language) }}
        else {{ as_number(column) }} || coalesce(' ' || {{ unit }}, '')
    end as {{ column }}_{{ language }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- A column that is a share: <column>_zh and <column>_en. -#}
{% macro in_percent(column) -%}
    {{ as_percentage(column, 'zh') }} as {{ column }}_zh,
    {{ as_percentage(column, 'en') }} as {{ column }}_en
{%- endmacro %}


{#- A share in percent with one decimal and its sign: 0.15 is +15.0. -#}
{% macro signed_percent(share) -%}
    format(
        '{}{}',
        case when {{ share }} >= 0 then '+' else '-' end,
        cast(round(abs(cast({{ share }} as decimal(28, 8))) * 100, 1) as decimal(28, 1))
    )
{%- endmacro %}
