{#-
    Why a raw row cannot be used, or null: STRUCT(rule, reason, blocks).

    `tests` is a list of {rule, when, because, blocks}: the first whose `when` is true names the reason; `because` is
    an SQL text expression with the value in it. A row with `blocks: true` closes gate 1, any other is set aside.
-#}
{% macro rejection(tests) -%}
    case
        {% for test in tests -%}
        when {{ test.when }}
            then struct_pack(
                rule := '{{ test.rule }}', reason := {{ test.because }}, blocks := {{ test.get('blocks', false) }}
            )
        {% endfor -%}
    end
{%- endmacro %}


{#- What every staging model carries besides its typed columns: the key of the row, and where it stood if in a file. -#}
{% macro raw_row() -%}
    raw._source_file,
    raw._source_row,
    raw._source_key
{%- endmacro %}


{#-
    An amount with at most `scale` decimals, exactly as written, or null when the text is none (NaN, inf, 1e3, words).
    With `thousands` that separator may stand before each group of three digits, and nowhere else.
-#}
{% macro amount(text, scale=2, thousands=none) -%}
    {%- set written = text if thousands is none else (
        "case when regexp_matches(" ~ text ~ ", '^[-+]?[0-9]{1,3}(" ~ thousands ~ "[0-9]{3})+(\.[0-9]*)?$') then replace("
        ~ text ~ ", '" ~ thousands ~ "', '') else " ~ text ~ " end"
    ) -%}
    case
        when regexp_full_match({{ written }}, '\s*[-+]?[0-9]*(\.[0-9]{0,{{ scale }}}0*)?\s*')
            then try_cast({{ written }} as decimal(18, {{ scale }}))
    end
{%- endmacro %}


{#- The calendar day of an instant (TIMESTAMPTZ) in a time zone. -#}
{% macro local_day(instant, zone) -%}
    cast({{ instant }} at time zone '{{ zone }}' as date)
{%- endmacro %}


{#- An id from a name: lower case, accents removed, everything else an underscore. -#}
{% macro slug(name) -%}
    trim(lower(regexp_replace(strip_accents(trim({{ name }})), '[^\p{L}\p{N}]+', '_', 'g')), '_')
{%- endmacro %}
