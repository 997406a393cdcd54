"""Whether two names are one person's: what nobody can see makes no second approver, what can be seen does."""

from __future__ import annotations

import sys
import unicodedata

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from perf_pipelines.commands import options
from perf_pipelines.records.people import same_person

VISIBLE = st.text(
    st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F) | st.sampled_from("李娜王伟김이박पा"), min_size=1
)
INVISIBLE = st.sampled_from(
    [
        *"\ufe0f\ufe00\U000e0100\u034f\u180b\u3164\u115f\u1160\uffa0\u2800\u17b4",
        *"\u200b\u200d\u2060\u00ad\ufeff\t \u3000\x00",
        *"\U0001d159\U00013441\U00013442\U00016fe4\U000e0041",
    ]
)


@given(name=VISIBLE, unseen=st.lists(st.tuples(st.integers(0, 30), INVISIBLE), min_size=1))
def test_what_is_not_seen_makes_nobody_else_wherever_it_stands(name: str, unseen: list[tuple[int, str]]) -> None:
    written = list(name)
    for place, character in unseen:
        written.insert(place, character)
    assert same_person(name, "".join(written))
    # also between a letter and the accent on it, which are one character when nothing stands between
    assert same_person(name, character.join(unicodedata.normalize("NFD", name)))


@given(one=VISIBLE, other=VISIBLE)
def test_who_is_called_otherwise_is_somebody_else(one: str, other: str) -> None:
    def seen(name: str) -> str:
        return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())

    assert same_person(one, other) == (seen(one) == seen(other))


@pytest.mark.parametrize(("one", "other"), [("李娜", "李\U00031350"), ("Lí Na", "Li Na"), ("पि", "पी")])
def test_what_is_seen_counts_also_what_is_rare(one: str, other: str) -> None:
    assert not same_person(one, other)


def test_of_all_characters_those_without_a_picture_make_nobody_else() -> None:
    unseen = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    ]
    assert [f"U+{ord(each):04X}" for each in unseen if not same_person("Li Na", f"Li{each}Na")] == []


@pytest.mark.parametrize("name", ["", " \t", "\u3164", "\u200b\ufe0f", "\u2800"])
def test_a_name_of_which_nothing_is_seen_is_refused(name: str) -> None:
    with pytest.raises(typer.BadParameter, match="--by is empty"):
        options.given("--by", name)
