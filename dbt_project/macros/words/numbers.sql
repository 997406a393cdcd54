{#-
    Numbers as people write them, as SQL texts. They are made of the digits of the decimal itself, so that a sentence
    holds the published figure and not one that is nearly it. Null stays null.
-#}

{#- A decimal or integer: thousands separated, no zeros at the end. -#}
{% macro as_number(number) -%}
    (
        case when {{ number }} < 0 then '-' else '' end
        || format('{:,}', cast(trunc(abs({{ number }})) as hugeint))
        || rtrim(rtrim('.' || split_part(cast({{ number }} as varchar), '.', 2), '0'), '.')
    )
{%- endmacro %}


{#- The same of an expression that takes long to compute: it is computed once. -#}
{% macro as_computed_number(number) -%}
    list_transform([{{ number }}], lambda computed: {{ as_number('computed') }})[1]
{%- endmacro %}


{#- A number with the word behind it, which in English depends on it: 1 point, 2 points. -#}
{% macro as_number_of(number, one, many) -%}
    {{ as_number(number) }} || case when {{ number }} = 1 then ' {{ one }}' else ' {{ many }}' end
{%- endmacro %}


{#- A share as a percentage, as it is written in this language. -#}
{% macro as_percentage(share, language) -%}
    {{ as_number('cast(' ~ share ~ ' as decimal(28, 8)) * 100') }} || '{{ "%" if language == "zh" else " %" }}'
{%- endmacro %}


{#- A column in the unit of the row's KPI (columns unit and unit_zh): <column>_zh and <column>_en. -#}
{% macro in_its_unit(column) -%}
    {#- the number is the same text in both, so that DuckDB writes it once -#}
    {%- set number = as_number("cast(case unit when 'share' then 100 else 1 end * cast(" ~ column ~ " as decimal(28, 8)) as decimal(31, 8))") -%}
    {{ number }} || case unit when 'share' then '%' else coalesce(' ' || unit_zh, '') end as {{ column }}_zh,
    {{ number }} || case unit when 'share' then ' %' else coalesce(' ' || unit, '') end as {{ column }}_en
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
        case when {{ share }} >= 0 then '+' else '−' end,
        cast(round(abs(cast({{ share }} as decimal(28, 8))) * 100, 1) as decimal(28, 1))
    )
{%- endmacro %}
