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


{#-
    A test of `rejection`: typed columns must be `what`, that is `present`, a `flag`, a `whole number`, a `number`, an
    `amount` of money, a `date` or a `moment`; a text that is none is null in them. `columns` is one or several, of
    which the reason names all. `called`: the name of the one in its source, where it is another. `optional`: it may be
    empty in the source, as it stands in `<column>_as_written`.
-#}
{% macro must_be(what, columns, called=none, optional=false, blocks=false) -%}
    {%- set rule, one, several = {
        'present': ('value_missing', 'is empty', 'must all be given'),
        'flag': ('not_a_flag', 'is neither true nor false', 'must be true or false'),
        'whole number': ('not_a_number', 'is no whole number', 'must be whole numbers'),
        'number': ('not_a_number', 'is no number', 'must be numbers'),
        'amount': ('not_a_number', 'is no amount of money', 'must be amounts of money'),
        'date': ('not_a_date', 'is no date', 'must be dates'),
        'moment': ('not_a_moment', 'is no moment', 'must be moments'),
    }[what] -%}
    {%- set names = [columns] if columns is string else columns -%}
    {%- set tests = [] -%}
    {%- for name in names -%}
        {%- do tests.append((name ~ '_as_written is not null and ' if optional else '') ~ name ~ ' is null') -%}
    {%- endfor -%}
    {%- set said = (called or names[0]) ~ ' ' ~ one if names | length == 1
        else names[:-1] | join(', ') ~ ' and ' ~ names[-1] ~ ' ' ~ several -%}
    {{ return({'rule': rule, 'when': tests | join(' or '), 'because': "'" ~ said ~ "'", 'blocks': blocks}) }}
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
