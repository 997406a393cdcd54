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


{#- What every staging model carries besides its typed columns: where the row stood, and the row as it was. -#}
{% macro raw_row() -%}
    raw._source_file,
    raw._source_row,
    to_json(raw) as _raw_row
{%- endmacro %}


{#- An amount with at most `scale` decimals, exactly as written, or null when the text is none (NaN, inf, words). -#}
{% macro amount(text, scale=2) -%}
    case
        when try_cast({{ text }} as decimal(38, 10)) = try_cast({{ text }} as decimal(18, {{ scale }}))
            then try_cast({{ text }} as decimal(18, {{ scale }}))
    end
{%- endmacro %}


{#- An id from a name: lower case, accents removed, everything else an underscore. -#}
{% macro slug(name) -%}
    trim(lower(regexp_replace(strip_accents(trim({{ name }})), '[^\p{L}\p{N}]+', '_', 'g')), '_')
{%- endmacro %}
