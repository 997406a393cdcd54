"""Whatever is done to a company's files, `check` ends in success or in faults with their places, in plain words."""

from __future__ import annotations

import random
import re
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perf_pipelines.company import remarks_on
from perf_pipelines.documents import MOST_TOLD
from perf_pipelines.errors import CompanyRefused, Problem
from tests.unit.a_company import COMPANY, SCHEME, SOURCES, load, replaced, write_company

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FULL_COMPANY = (
    replaced(
        COMPANY,
        "cycles: [month, quarter]\n",
        "cycles: [week, sprint, month, quarter]\nsprint: {days: 14, begins_on: 2026-01-05}\n",
    )
    + """\
cleaning:
  shop.orders:
    - {kind: exact_duplicate, columns: [order_id, amount], first_by: order_id}
    - {kind: test_order, flags: [is_test], zero: amount}
    - {kind: impossible_time, pairs: [[placed_at, paid_at]]}
  shop.visits:
    - {kind: bot, agent: agent, pattern: "(?i)bot|spider", views: views, visits: visits, most_views_a_visit: 200}
refunds: {count_on: order_day}
"""
)

FULL_SOURCES = f"""{SOURCES}
        encoding: gb18030
        delimiter: ";"
        title_rows: 1
        may_be_empty: true
  base:
    kind: sql
    name: {{zh: 库, en: Base}}
    url: {{env: BASE_URL}}
    schema: public
    tables:
      orders:
        description: One row an order.
        key: [id]
        columns: {{id: integer, amount: number, updated_at: timestamp}}
        load: {{kind: incremental, cursor: updated_at, deletions: by_key}}
  survey:
    kind: rest
    name: {{zh: 问卷, en: Survey}}
    url: {{env: SURVEY_URL}}
    auth: {{kind: client_credentials, token_path: token, client_id: {{env: ID}}, client_secret: {{env: SECRET}}}}
    tables:
      answers:
        description: One row an answer.
        path: answers
        key: [id]
        columns: {{id: integer, rating: number}}
        load: snapshot
        paging: {{kind: offset, size: 100}}
"""

FULL_SCHEME = f"""{
    replaced(
        replaced(
            replaced(SCHEME, "evaluation: {kpi: 1.0, min_coverage: 0.60}", ""),
            "rule: standard}",
            "rule: standard, min_sample: 2, floor: 1, cap: 11, veto: {below: 0.8, grade: fair}}",
        ),
        "target: 0.25, rule: gradual, from: 2026-04-01",
        "target: 0.25, departments: {north: 0.2}, employees: {E007: {growth: 0.1}}, rule: steps, from: 2026-04-01",
    )
}
  # the sections that a scheme may have besides
evaluation:
  - {{kpi: 0.7, feedback: 0.3, min_coverage: 0.6, mean_of: {{quarter: month}}}}
  - {{kpi: 0.8, feedback: 0.2, min_coverage: 0.6, mean_of: {{quarter: month}}, from: 2027-01-01}}
feedback:
  scale: [1, 5]
  weights: {{manager: 0.6, peer: 0.4}}
  competencies: {{listening: 2, writing: 1}}
  cycles: [quarter]
change_inside_period: split
extra_points:
  - {{id: praise, name: {{zh: 表扬, en: Praise}}, kpi: revenue, positions: [operator], points: 2, per: 10, at_most: 6}}
"""
FULL_SCHEME = replaced(
    FULL_SCHEME,
    "  gradual: {kind: linear, zero_at: 0.5, cap: 12}\n",
    "  gradual: {kind: linear, zero_at: 0.5, cap: 12}\n  steps: {kind: steps, steps: [[0.8, 6], [1, 10]]}\n",
)

SOUND = {
    "company": (COMPANY, FULL_COMPANY),
    "sources": (SOURCES, FULL_SOURCES),
    "scheme": (SCHEME, FULL_SCHEME),
}

WORDS = """\
: - { } [ ] [[ ]] , ' " # &a *a !x | > % ? @ ` ~ << null true yes 0 -1 1e9 1e999999 .nan .inf 0x1F 0.1234567891 22,000
40% １００ 2026-13-45 0001-01-01 9999-12-31 2026/4/1 2206-04-01 1899-12-31 2026-04 grow revenue kind from until
key_result month operator good team growth 复 🙂 ： ， “ ” ％ ｛ \u0435 \\x00 "\\ud800" "\\UFFFFFFFF\""""

SLIPS = [
    *WORDS.split(),
    *("", " ", "  ", "\n", "\t", "\r", ": ", "- ", "---\n", "...\n", "%YAML 1.1\n", "9" * 40),
    *("\u3000", "\u00a0", "\u200b", "\ufeff", "\u2028", "\u0301", "\x00", "\x07", "\x85", "\ud7ff"),
]
"""What fingers, editors and other programs leave in a text."""

ODD_VALUES: list[object] = [
    *(None, True, False, 0, 1, -1, 22000, 0.5, 1.5, 40, 10**40, date(2026, 4, 1), date(1, 1, 1), date(2206, 4, 1)),
    *("", " ", "a b", "x" * 300, "40%", "0.6", "2026-04-01", "2026/4/1", "revenue", "month", "复购率", "ｗeight"),
    *([], {}, [[]], [{}], {"kind": "sum"}, {"kind": None}, {"team": 1}, {"zh": "是"}, [1, 2, 3], {"a": {"b": {}}}),
]

JARGON = re.compile(
    r"Input should|type=|pydantic|NoneType|Decimal|Traceback|Error|cannot be used here"
    r"|\b(str|int|dict|tuple|float|bool|scalar|mapping|token|sequence|stream|validator|None|True|False)\b"
)
"""Words of the code, of which nobody who writes a scheme knows anything."""

TOLD_OF_THE_WHOLE_FILE = ("the file is missing", "the file is larger than 1 MB")


def full_company(root: Path) -> Path:
    """The company with all that its files can say."""
    folder = write_company(root, company=FULL_COMPANY, sources=SOURCES, scheme=SCHEME)
    staging = folder / "models" / "staging"
    if not staging.is_dir():
        staging.mkdir()
        for table in ("orders", "visits"):
            (staging / f"stg_shop__{table}.sql").write_text("select 1")
    return folder


def outcome(root: Path, file: str, content: bytes) -> Sequence[Problem]:
    """What `check` finds: its problems, or none when it is content."""
    folder = full_company(root)
    (folder / f"{file}.yaml").write_bytes(content)
    try:
        company = load(folder)
    except CompanyRefused as refused:
        return refused.problems
    return remarks_on(company, today=date(2026, 5, 1))


def is_well_told(problem: Problem, *, lines: int) -> None:
    """That a problem says what, where and what to do in words of the file."""
    assert problem.what.strip(), problem
    assert problem.todo.strip(), problem
    assert len(str(problem)) < 700, problem
    assert "\n" not in str(problem), problem
    assert str(problem).encode()
    quoted = re.compile(r"`[^`]*`")
    assert not JARGON.search(quoted.sub("", f"{problem.what} {problem.todo}")), problem
    assert problem.file, problem
    assert problem.file.startswith("companies/acme/"), problem
    if problem.file.endswith(".yaml") and problem.what not in TOLD_OF_THE_WHOLE_FILE:
        assert problem.line is not None, problem
        assert 1 <= problem.line <= lines, problem


def ends_well(root: Path, file: str, content: bytes) -> None:
    lines = max(text.count("\n") for pair in SOUND.values() for text in pair) + content.count(b"\n") + 2
    problems = outcome(root, file, content)
    assert len(problems) <= 3 * (MOST_TOLD + 1)
    for problem in problems:
        is_well_told(problem, lines=lines)


def _torn(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice([0, 0, 1, 3, 12]))
    return text[:start] + chance.choice(SLIPS) + text[end:]


def _cut(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] if chance.random() < 0.7 else text[place:]


def _line_elsewhere(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    line = chance.choice(lines)
    if chance.random() < 0.5:
        lines.remove(line)
    lines.insert(chance.randrange(len(lines) + 1), " " * chance.choice([0, 0, 2, 5]) + line)
    return "".join(lines)


def _word_elsewhere(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    words[chance.randrange(len(words))] = chance.choice(words)
    return " ".join(words)


def _other_tree(text: str, chance: random.Random) -> str:
    """The text with nodes deleted, duplicated, moved, of another type or far too deep."""
    try:
        tree = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, OverflowError):
        return text
    for _ in range(chance.choice([1, 1, 2, 3])):
        _damage(tree, chance)
    return str(
        yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, default_flow_style=chance.choice([None, True]))
    )


def _damage(tree: object, chance: random.Random) -> None:
    places = list(_places(tree))
    if not places:
        return
    holder, key = chance.choice(places)
    match chance.randrange(6):
        case 0:
            del holder[key]
        case 1:
            holder[key] = chance.choice(ODD_VALUES)
        case 2:
            other, other_key = chance.choice(places)
            holder[key] = yaml.safe_load(yaml.safe_dump(other[other_key]))
        case 3 if isinstance(holder, list):
            holder.append(holder[key])
        case 3:
            holder[chance.choice(["x", 7, None, True, f"{key}s", str(key)[:-1], f"{key}：1"])] = holder.pop(key)
        case 4:
            holder[key] = [holder[key]] if chance.random() < 0.5 else {str(key): holder[key]}
        case _:
            for _ in range(chance.choice([2, 19, 40])):
                holder[key] = [holder[key]]


def _places(node: object) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [node]
    for each in waiting:
        if isinstance(each, (dict, list)):
            keys = list(cast("dict[Any, Any]", each)) if isinstance(each, dict) else list(range(len(each)))
            found.extend((each, key) for key in keys)
            waiting.extend(each[key] for key in keys)
    return found


DAMAGES: tuple[Callable[[str, random.Random], str], ...] = (
    _torn,
    _torn,
    _torn,
    _cut,
    _line_elsewhere,
    _word_elsewhere,
    _other_tree,
    _other_tree,
    _other_tree,
)


@st.composite
def broken_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file and its broken content."""
    file = draw(st.sampled_from(["scheme", "scheme", "company", "sources"]))
    text = draw(st.sampled_from(SOUND[file]))
    chance = random.Random(draw(st.integers(0, 2**32)))
    for damage in draw(st.lists(st.sampled_from(DAMAGES), min_size=1, max_size=3)):
        text = damage(text, chance)
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8", "utf-8", "gb18030", "utf-16", "utf-8-sig"]))
    return file, text.encode(encoding, errors="replace")


@pytest.mark.parametrize("file", SOUND)
def test_the_files_that_are_broken_here_are_sound_before(tmp_path: Path, file: str) -> None:
    for text in SOUND[file]:
        assert outcome(tmp_path, file, text.encode()) == ()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("scheme", "".join(f"k{number}: 1\n" for number in range(1000))),
        ("scheme", f"scheme: {'a' * 200_000}\n"),
        ("scheme", "[" * 5_000),
        ("scheme", replaced(SCHEME, "  operator:", f"  {'o' * 900}:")),
        ("scheme", replaced(SCHEME, "parent: grow", f"parent: {'g' * 900}")),
        ("company", replaced(COMPANY, "company: acme", f"company: {'a' * 900}")),
        ("company", replaced(FULL_COMPANY, "(?i)bot|spider", "(bot")),
        ("sources", "systems: {<<: {a: 1}}\n"),
    ],
)
def test_what_is_too_long_too_deep_or_too_much_is_told_in_plain_words_too(
    tmp_path: Path, file: str, content: str
) -> None:
    assert outcome(tmp_path, file, content.encode())
    ends_well(tmp_path, file, content.encode())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(broken=broken_files())
def test_no_file_can_do_worse_than_be_refused_in_plain_words(tmp_path: Path, broken: tuple[str, bytes]) -> None:
    ends_well(tmp_path, *broken)


@pytest.mark.slow
@settings(max_examples=4000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(broken=broken_files())
def test_nor_can_any_of_four_thousand(tmp_path: Path, broken: tuple[str, bytes]) -> None:
    ends_well(tmp_path, *broken)
