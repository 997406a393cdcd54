"""The cascade as a tree for the terminal, and as a Mermaid flowchart for documents and dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from perf_pipelines.wording import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perf_pipelines.reports.goals import Link

_SHAPES = {
    "strategy": ('(["', '"])'),
    "objective": ('["', '"]'),
    "key_result": ('["', '"]'),
    "kpi": ('("', '")'),
    "position": ('[["', '"]]'),
}
_PEOPLE_NAMED = 6
"""Of a position; more names would hide what they hang on."""


def goal_tree(strategies: Sequence[Link], language: Language) -> Tree:
    """Each strategy with all below it; some of the people stand beneath their position."""
    root = Tree("", hide_root=True)
    for strategy in strategies:
        _add(root, strategy, language)
    return root


def _add(tree: Tree, link: Link, language: Language) -> None:
    branch = tree.add(Text(" · ".join([link.name, *link.remarks]), style="bold" if link.kind == "strategy" else ""))
    if link.people:
        branch.add(Text(("、" if language is Language.zh else ", ").join(_people(link, language)), style="dim"))
    for below in link.below:
        _add(branch, below, language)


def mermaid(strategies: Sequence[Link], language: Language) -> str:
    """A flowchart from left to right. A position is one box; a weight stands on the line that leads to it."""
    boxes: dict[str, str] = {}
    lines: list[str] = []
    for strategy in strategies:
        boxes[_box_id(strategy)] = _box(strategy, language)
        for above, below in strategy.walk():
            boxes[_box_id(below)] = _box(below, language)
            weight = f'|"{below.weight}"|' if below.weight else ""
            lines.append(f"{_box_id(above)} -->{weight} {_box_id(below)}")
    return "\n".join(["flowchart LR", *(f"    {line}" for line in (*boxes.values(), *lines))]) + "\n"


def _box_id(link: Link) -> str:
    # the kind stands before it because `end` and other words mean something to Mermaid
    return f"{link.kind}_{link.id}"


def _box(link: Link, language: Language) -> str:
    opening, closing = _SHAPES[link.kind]
    content = "<br/>".join(_escaped(line) for line in _lines_of(link, language))
    return f"{_box_id(link)}{opening}{content}{closing}"


def _lines_of(link: Link, language: Language) -> Iterator[str]:
    yield link.name
    if link.kind != "position":  # what a position's line says is said on the line that leads to it
        yield from link.remarks
    yield from _people(link, language)


def _people(link: Link, language: Language) -> Iterator[str]:
    yield from link.people[:_PEOPLE_NAMED]
    more = len(link.people) - _PEOPLE_NAMED
    if more > 0:
        yield f"另有 {more} 人" if language is Language.zh else f"and {more} more"


def _escaped(text: str) -> str:
    """What Mermaid or HTML would take for their own, as character codes."""
    return "".join(f"#{ord(character)};" if character in '#&<>"`' else character for character in text)
