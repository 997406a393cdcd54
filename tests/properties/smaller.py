"""From a company with a hundred people to the few rows that make a difference: what can be left out, is."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from tests.properties.schemes_and_rows import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SECONDS = 60


def smallest(drawn: Drawn, differs: Callable[[Drawn], bool]) -> Drawn:
    """What is left of ``drawn`` when nothing more can be left out for which it still ``differs``, or time is over."""
    ends = time.monotonic() + _SECONDS
    before = -1
    while before != (before := sum(len(_part(drawn, name)) for name in _PARTS)):
        for name in _PARTS:
            share = len(_part(drawn, name)) // 2 or 1
            while share:
                start = 0
                while start < len(whole := _part(drawn, name)):
                    if time.monotonic() > ends:
                        return drawn
                    kept = [*whole[:start], *whole[start + share :]]
                    # a scheme without positions is none
                    possible = kept or name not in {"positions", "lines"}
                    if possible and differs(candidate := _with(drawn, name, kept)):
                        drawn = candidate
                    else:
                        start += share
                share //= 2
    return drawn


_PARTS = (
    *("employees", "positions", "lines", "extra_points", "assignments", "answers", "contributions", "attendance"),
    "part_evaluations",
)


def _part(drawn: Drawn, name: str) -> Sequence[Any]:
    if name == "lines":
        return [(position, line) for position, lines in drawn.scheme["positions"].items() for line in lines]
    return list(drawn.scheme[name]) if name in drawn.scheme else getattr(drawn.rows, name)


def _with(drawn: Drawn, name: str, kept: Sequence[Any]) -> Drawn:
    scheme, rows = drawn.scheme, drawn.rows
    match name:
        case "positions":
            positions = {position: scheme["positions"][position] for position in kept}
            return Drawn({**scheme, "positions": positions}, rows)
        case "lines":
            positions = {
                position: [line for held, line in kept if held == position]
                for position in scheme["positions"]
                if any(held == position for held, _ in kept)
            }
            return Drawn({**scheme, "positions": positions}, rows)
        case "extra_points":
            return Drawn({**scheme, name: list(kept)}, rows)
        case "employees":
            # with all their rows
            others = {
                field.name: tuple(row for row in getattr(rows, field.name) if row.employee in {*kept, None})
                for field in fields(rows)
                if field.name not in {"employees", "departments"}
            }
            return Drawn(scheme, replace(rows, employees=tuple(kept), **others))
        case _:
            return Drawn(scheme, replace(rows, **{name: tuple(kept)}))
