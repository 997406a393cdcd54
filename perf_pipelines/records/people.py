"""Whose name it is that somebody gives: when two names are one person's."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True)
class People:
    """Those who are known: what each is called, by id."""

    called: Mapping[str, Collection[str]] = field(default_factory=dict[str, "Collection[str]"])

    def are_one(self, name: str, other: str) -> bool:
        """Whether two names, or ids, may be one person's: written for the same, or somebody is called both.

        Strict on purpose: two people who share a name have to give what they do not share, as their ids.
        """
        return same_person(name, other) or not self._named(name).isdisjoint(self._named(other))

    def _named(self, name: str) -> frozenset[str]:
        return self._ids.get(_plain(name), frozenset())

    @cached_property
    def _ids(self) -> Mapping[str, frozenset[str]]:
        ids: dict[str, set[str]] = defaultdict(set)
        for employee, names in self.called.items():
            for name in (employee, *names):
                ids[_plain(name)].add(employee)
        return {name: frozenset(those) for name, those in ids.items()}


def same_person(name: str, other: str) -> bool:
    """Whether two names are written for one person: case, width of letters, spaces and what is not seen do not count.

    Strict on purpose: two people called Li Na and Lina have to say more of their names.
    """
    return _plain(name) == _plain(other)


def says_something(text: str) -> bool:
    """Whether a reader sees anything of it."""
    return bool(_seen(text))


def _plain(name: str) -> str:
    # without the unseen at first, because what stands between a letter and its accent keeps the two from being one;
    # folding a letter's case may make another form of it, and another form may have spaces in it
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _seen(name)).casefold())
    return unicodedata.normalize("NFKC", _seen(folded))


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text)


_UNSEEN = regex.compile(r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\U00013441\U00013442\U00016FE4\U0001D159]")
"""Controls, formats, separators and what Unicode says to ignore by default: selectors of variants, fillers.

By Unicode's newest version, which knows rare letters of names that Python's own tables may lack. Those by number are
letters and symbols by category and blank by name: a Braille pattern, two hieroglyphs, a filler of the Khitan script, a
note without a head (https://www.unicode.org/Public/UCD/latest/ucd/UnicodeData.txt).
"""
