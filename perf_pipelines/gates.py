"""Gates: the suites in ``expectations/``, one file a gate, run by Great Expectations on data frames.

Great Expectations (GX) costs seconds to import, so that only :func:`run_gate` imports it; :func:`load_gate` checks a
file against the argument lists that GX ships as JSON. GX sees no database: its DuckDB connections fail, frames do not.
"""

from __future__ import annotations

import difflib
import importlib.util
import json
import logging
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

import yaml

from perf_pipelines.errors import GateFailed, PerfError, Problem

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warn"]

OFFENDING_ROWS_KEPT = 20

_COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")
_BOUND_ARGUMENTS = ("min_value", "max_value")
_NOT_FOR_SUITES = frozenset(
    {"batch_id", "catch_exceptions", "condition_parser", "description", "id", "meta", "notes"}
    | {"rendered_content", "result_format", "windows"}
)
"""Arguments that every GX expectation takes and that this module sets itself or leaves alone."""


class ExpectationsRefused(PerfError):
    """A gate's file is wrong, or does not fit the frames that it was given; nothing was judged."""

    exit_code: ClassVar[int] = 3


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """One expectation of a gate's file: GX's ``type`` and ``arguments``, and why it is there (zh, en)."""

    type: str
    arguments: Mapping[str, object]
    because: Mapping[str, str]
    severity: Severity
    line: int

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at, without those of a row condition; none for an expectation on the table."""
        given = (self.arguments[name] for name in _COLUMN_ARGUMENTS if name in self.arguments)
        return tuple(str(column) for value in given for column in (_items(value) or [value]))

    @property
    def row_condition(self) -> str | None:
        """The rows that it is about, as a pandas query; ``None`` for all."""
        condition = self.arguments.get("row_condition")
        return None if condition is None else str(condition)

    @property
    def demands_no_row(self) -> bool:
        """Whether every row that it is about is an offending row."""
        return self.type == "expect_table_row_count_to_equal" and self.arguments.get("value") == 0


@dataclass(frozen=True, kw_only=True)
class TableSuite:
    """The expectations of one relation; ``key`` names an offending row, ``todo`` (zh, en) says how to mend it.

    ``file``: the file of the company's folder in which that is done; None where the rows come from outside.
    """

    table: str
    key: tuple[str, ...]
    todo: Mapping[str, str]
    file: str | None
    expectations: tuple[Expectation, ...]
    line: int


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A gate's file. ``tables`` is keyed by the name of the relation to read, in the file's order."""

    id: str
    title: Mapping[str, str]
    tables: Mapping[str, TableSuite]
    file: str


@dataclass(frozen=True, kw_only=True)
class ExpectationResult:
    """What became of one expectation.

    ``unexpected_count`` counts all offending rows (0 where the table as a whole is at fault); ``offending`` holds the
    first :data:`OFFENDING_ROWS_KEPT` as text by column: the key and the columns looked at, whole rows where no row may
    be. ``by_period`` counts all of them by period, where the relation holds periods. ``observed`` is GX's figure for an
    expectation on the table or a whole column.
    """

    type: str
    column: str | None
    because: Mapping[str, str]
    severity: Severity
    passed: bool
    unexpected_count: int
    offending: tuple[dict[str, str], ...]
    by_period: Mapping[str, int]
    observed: str | None
    line: int


@dataclass(frozen=True, kw_only=True)
class TableResult:
    """The results of one relation, in the file's order; ``rows`` is how many were looked at."""

    table: str
    rows: int
    expectations: tuple[ExpectationResult, ...]


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """A gate that was run. It has passed when every expectation of severity ``error`` has."""

    gate: Gate
    tables: tuple[TableResult, ...]
    passed: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "passed", not any(True for _ in self._closing()))

    def failure(self) -> GateFailed:
        """Make the refusal: a problem for each offending row kept, one for those beyond; ``ValueError`` if passed."""
        if self.passed:
            raise ValueError(f"{self.gate.id} has passed")
        problems = [
            problem for table, expectation in self._closing() for problem in self._problems(table.table, expectation)
        ]
        return GateFailed(f"{self.gate.id} ({self.gate.title['en']}) is closed", problems)

    def _closing(self) -> Iterator[tuple[TableResult, ExpectationResult]]:
        for table in self.tables:
            for expectation in table.expectations:
                if expectation.severity == "error" and not expectation.passed:
                    yield table, expectation

    def _problems(self, table: str, expectation: ExpectationResult) -> Iterator[Problem]:
        suite = self.gate.tables[table]

        def problem(what: str, row: str | None = None) -> Problem:
            return Problem(
                file=suite.file or self.gate.file,
                line=None if suite.file else expectation.line,
                field=f"{table}.{expectation.column}" if expectation.column else table,
                row=row,
                what=f"{expectation.because['en']} {what}",
                todo=suite.todo["en"],
            )

        for row in expectation.offending:
            beside_key = {column: text for column, text in row.items() if column not in suite.key}
            yield problem(f"Found {_pairs(beside_key or row)}.", _pairs({key: row[key] for key in suite.key}))
        beyond = expectation.unexpected_count - len(expectation.offending)
        if expectation.offending and beyond > 0:
            yield problem(f"Found in {beyond} more rows.")
        elif not expectation.offending:
            yield problem(f"Found {expectation.observed or 'otherwise'}.")


def load_gate(path: Path) -> Gate:
    """Read and check a gate's file; :class:`ExpectationsRefused` lists every fault with its line and field."""
    reading = _Reading(file=path.name)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_ExactLoader)
    except FileNotFoundError as missing:
        reading.fault(None, None, "there is no such file", "write it, or correct its name")
        raise reading.refusal() from missing
    except yaml.MarkedYAMLError as broken:
        line = None if broken.problem_mark is None else broken.problem_mark.line + 1
        reading.fault(line, None, f"is no YAML: {broken.problem}", "correct the line, or the one before it")
        raise reading.refusal() from broken
    gate = reading.gate(root, path.stem)
    if reading.problems:
        raise reading.refusal()
    return gate


def run_gate(gate: Gate, frames: Mapping[str, pd.DataFrame]) -> GateResult:
    """Judge the frames, one for each of ``gate.tables``; frames beyond those are not looked at.

    Decimals (Python's or pyarrow's) are compared exactly. :class:`ExpectationsRefused` when a table or column that the
    gate's file names is not there, or when GX cannot carry out an expectation: neither opens nor closes a gate.
    """
    _demand_contract(gate, frames)
    return GateResult(
        gate=gate,
        tables=tuple(_run_suite(gate.file, suite, _judgeable(frames[table])) for table, suite in gate.tables.items()),
    )


def prepare_gates() -> None:
    """Import Great Expectations and pandas, so that the next :func:`run_gate` need not."""
    _whole_frames()


# Reading


class _ExactLoader(yaml.SafeLoader):
    """YAML whose fractions are decimals: 0.05 is 0.05."""


def _decimal(loader: _ExactLoader, node: yaml.ScalarNode) -> Decimal | float:
    try:
        return Decimal(node.value)
    except InvalidOperation:  # .inf and .nan
        return loader.construct_yaml_float(node)


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


@dataclass
class _Reading:
    """One reading of a gate's file, and the faults found on the way."""

    file: str
    problems: list[Problem] = field(default_factory=list[Problem])

    def fault(self, where: yaml.Node | int | None, name: str | None, what: str, todo: str) -> None:
        line = where.start_mark.line + 1 if isinstance(where, yaml.Node) else where
        self.problems.append(Problem(file=self.file, line=line, field=name, what=what, todo=todo))

    def refusal(self) -> ExpectationsRefused:
        return ExpectationsRefused(f"the gate's file {self.file} is wrong", self.problems)

    def gate(self, root: yaml.Node | None, stem: str) -> Gate:
        entries = self._entries(root, "the file", required=("gate", "title", "tables"))
        id = self._text(entries, "gate", "gate")
        if id and id != stem:
            self.fault(entries["gate"], "gate", f"is {id}, the file is named {stem}", f"write `gate: {stem}`")
        tables: dict[str, TableSuite] = {}
        if "tables" in entries:
            for name, node in self._entries(entries["tables"], "tables").items():
                tables[name] = self._suite(name, node)
            if not tables:
                self.fault(entries["tables"], "tables", "is empty", "name at least one table")
        return Gate(id=id, title=self._label(entries, "title", "title"), tables=tables, file=self.file)

    def _suite(self, table: str, node: yaml.Node) -> TableSuite:
        place = f"tables.{table}"
        entries = self._entries(node, place, required=("key", "todo", "expect"), optional=("file",))
        key = self._value(entries["key"]) if "key" in entries else ["…"]
        if not _is_texts(key):
            self.fault(
                entries["key"], f"{place}.key", "is no list of columns", "write the columns that name a row, like [id]"
            )
            key = []
        expectations: list[Expectation] = []
        listed = entries.get("expect")
        if isinstance(listed, yaml.SequenceNode) and listed.value:
            items: list[yaml.Node] = listed.value
            expectations = [
                self._expectation(item, f"{place}.expect[{number}]") for number, item in enumerate(items, start=1)
            ]
        elif listed is not None:
            self.fault(listed, f"{place}.expect", "is no list of expectations", "write at least one, with `- type: …`")
        return TableSuite(
            table=table,
            key=tuple(str(column) for column in _items(key)),
            todo=self._label(entries, "todo", f"{place}.todo"),
            file=self._text(entries, "file", f"{place}.file") or None,
            expectations=tuple(expectations),
            line=node.start_mark.line + 1,
        )

    def _expectation(self, node: yaml.Node, place: str) -> Expectation:
        entries = self._entries(node, place, required=("type", "because"), closed=False)
        type = self._text(entries, "type", f"{place}.type")
        arguments = {
            name: self._value(value) for name, value in entries.items() if name not in ("type", "because", "severity")
        }
        if type in _types():
            self._check_arguments(type, entries, arguments, place)
        elif type:
            near = difflib.get_close_matches(type, _types(), n=1)
            hint = f"write {near[0]}" if near else "take a type from Great Expectations' gallery"
            self.fault(entries["type"], f"{place}.type", f"{type} is no expectation of Great Expectations", hint)
        severity = self._text(entries, "severity", f"{place}.severity") if "severity" in entries else "error"
        if severity not in ("error", "warn", ""):
            self.fault(entries["severity"], f"{place}.severity", f"is {severity}", "write warn or error")
        return Expectation(
            type=type,
            arguments=arguments,
            because=self._label(entries, "because", f"{place}.because"),
            severity="warn" if severity == "warn" else "error",
            line=node.start_mark.line + 1,
        )

    def _check_arguments(
        self, type: str, entries: Mapping[str, yaml.Node], arguments: Mapping[str, object], place: str
    ) -> None:
        signature = _signature(type)
        for name in arguments:
            if name not in signature.arguments:
                near = difflib.get_close_matches(name, signature.arguments, n=1)
                hint = f"write {near[0]}" if near else f"it takes {', '.join(sorted(signature.arguments))}"
                self.fault(entries[name], f"{place}.{name}", f"is no argument of {type}", hint)
        for name in sorted(signature.required - arguments.keys()):
            self.fault(entries["type"], f"{place}.{name}", "is missing", f"{type} needs it: add `{name}: …`")
        for name in _COLUMN_ARGUMENTS:
            value = arguments.get(name)
            if value is not None and not (_is_texts(value) if name == "column_list" else isinstance(value, str)):
                what, todo = ("no list of columns", "[…]") if name == "column_list" else ("no column", "its name")
                self.fault(entries[name], f"{place}.{name}", f"is {what}", f"write {todo}")
        condition = arguments.get("row_condition")
        if condition is not None and (not isinstance(condition, str) or re.search(r"\d\.\d", condition)):
            self.fault(
                entries["row_condition"],
                f"{place}.row_condition",
                "is no text, or compares with a fraction, which pandas would take for a binary float",
                "compare columns, texts or whole numbers",
            )

    def _entries(
        self,
        node: yaml.Node | None,
        place: str,
        *,
        required: Sequence[str] = (),
        optional: Sequence[str] = (),
        closed: bool = True,
    ) -> dict[str, yaml.Node]:
        """Take a mapping's values by key; with ``required`` and ``closed`` any other but ``optional`` is a fault."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, place, "is no mapping", "write `name: value` lines")
            return {}
        entries: dict[str, yaml.Node] = {}
        pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
        for key_node, value in pairs:
            key = str(self._value(key_node))
            if key in entries:
                self.fault(key_node, f"{place}.{key}", "stands twice", "keep one of the two")
            elif required and closed and key not in (*required, *optional):
                known = ", ".join((*required, *optional))
                self.fault(key_node, f"{place}.{key}", "is not known here", f"known are {known}")
            else:
                entries[key] = value
        for key in required:
            if key not in entries:
                self.fault(node, f"{place}.{key}", "is missing", f"add `{key}: …`")
        return entries

    def _text(self, entries: Mapping[str, yaml.Node], key: str, place: str) -> str:
        """Read the text under ``key``; empty when it is not there or no text."""
        if key not in entries:
            return ""
        value = self._value(entries[key])
        if isinstance(value, str) and value.strip():
            return value
        self.fault(entries[key], place, "is no text", "write a text")
        return ""

    def _label(self, entries: Mapping[str, yaml.Node], key: str, place: str) -> dict[str, str]:
        if key not in entries:
            return {}
        texts = self._entries(entries[key], place, required=("zh", "en"))
        return {language: self._text(texts, language, f"{place}.{language}") for language in texts}

    @staticmethod
    def _value(node: yaml.Node) -> object:
        loader = cast("Any", _ExactLoader(""))
        return cast("object", loader.construct_object(node, deep=True))


@dataclass(frozen=True, kw_only=True)
class _Signature:
    """What a GX expectation takes, without what this module sets itself."""

    gx_class: str
    arguments: frozenset[str]
    required: frozenset[str]


@cache
def _types() -> Mapping[str, Path]:
    """GX's expectations: type → the JSON that describes its arguments."""
    found = importlib.util.find_spec("great_expectations")
    if found is None or not found.submodule_search_locations:
        raise ImportError("great-expectations is not installed")
    described = Path(found.submodule_search_locations[0]) / "expectations" / "core" / "schemas"
    return {_snake(path.stem): path for path in sorted(described.glob("Expect*.json"))}


@cache
def _signature(type: str) -> _Signature:
    path = _types()[type]
    schema = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
    return _Signature(
        gx_class=path.stem,
        arguments=frozenset(schema["properties"]) - _NOT_FOR_SUITES - {"severity"},
        required=frozenset(schema.get("required", ())),
    )


def _snake(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


# Running


def _demand_contract(gate: Gate, frames: Mapping[str, pd.DataFrame]) -> None:
    problems: list[Problem] = []
    for table, suite in gate.tables.items():
        if table not in frames:
            problems.append(
                Problem(
                    file=gate.file,
                    line=suite.line,
                    field=f"tables.{table}",
                    what=f"no frame {table} was given",
                    todo="read the relation, or correct the table's name",
                )
            )
            continue
        has = {str(column) for column in frames[table].columns}
        named = [(suite.line, column) for column in suite.key]
        named += [(expectation.line, column) for expectation in suite.expectations for column in expectation.columns]
        problems += [
            Problem(
                file=gate.file,
                line=line,
                field=f"{table}.{column}",
                what=f"{table} has no column {column}",
                todo=f"it has {', '.join(sorted(has)) or 'no column at all'}",
            )
            for line, column in named
            if column not in has
        ]
    if problems:
        raise ExpectationsRefused(f"{gate.file} does not fit the tables that it was given", problems)


def _judgeable(frame: pd.DataFrame) -> pd.DataFrame:
    """Renumber the rows from 0, and take pyarrow's values as Python's, which compare exactly with each other."""
    import pandas as pd

    frame = frame.reset_index(drop=True)
    arrow = [column for column in frame.columns if isinstance(frame[column].dtype, pd.ArrowDtype)]
    return frame.assign(**{column: frame[column].astype(object).where(frame[column].notna(), None) for column in arrow})


def _run_suite(file: str, suite: TableSuite, frame: pd.DataFrame) -> TableResult:
    import great_expectations as gx

    made = [_gx_expectation(file, suite, expectation, number) for number, expectation in enumerate(suite.expectations)]
    validated = (
        _whole_frames()
        .get_batch({"dataframe": frame})
        .validate(
            gx.ExpectationSuite(name=suite.table, expectations=made),
            result_format={"result_format": "COMPLETE", "partial_unexpected_count": OFFENDING_ROWS_KEPT},
        )
    )
    # GX answers in an order of its own.
    answers = {int(answer.expectation_config.meta["number"]): answer for answer in validated.results}
    return TableResult(
        table=suite.table,
        rows=len(frame),
        expectations=tuple(
            _result(file=file, suite=suite, expectation=expectation, frame=frame, answer=answers[number])
            for number, expectation in enumerate(suite.expectations)
        ),
    )


@cache
def silent_context() -> Any:
    """GX's data context, made once a process: in memory, without progress bars or remarks, sending nothing out."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").propagate = False
    context = cast("Any", gx).get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


@cache
def _whole_frames() -> Any:
    """GX's way in for a data frame: a batch definition, to which each frame is a batch of its own."""
    asset = silent_context().data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _gx_expectation(file: str, suite: TableSuite, expectation: Expectation, number: int) -> Any:
    import great_expectations.expectations as gxe

    arguments = {name: _gx_value(expectation, name, value) for name, value in expectation.arguments.items()}
    if expectation.row_condition is not None:
        arguments["condition_parser"] = "pandas"
    try:
        return getattr(gxe, _signature(expectation.type).gx_class)(**arguments, meta={"number": number})
    except ValueError as refused:
        why = _one_line(str(refused))
        raise _not_carried_out(file=file, suite=suite, expectation=expectation, why=why) from refused


def _gx_value(expectation: Expectation, name: str, value: object) -> object:
    if not isinstance(value, Decimal):
        return value
    if name not in _BOUND_ARGUMENTS:
        return float(value)
    strict = bool(expectation.arguments.get("strict_min" if name == "min_value" else "strict_max"))
    return _bound(value, upwards=(name == "max_value") != strict)


def _bound(value: Decimal, *, upwards: bool) -> float:
    """Give the float nearest to a bound from the side on which a decimal equal to the bound is judged rightly.

    GX turns decimal bounds into floats, and 0.05 is a little less than the float 0.05. A bound that is itself allowed
    is moved outwards, one that is not (``strict``) inwards. Exact while the columns' last decimal place is wider than
    the gap between two floats: for DECIMAL(18,8) up to bounds of 2²⁶, for cents up to 2⁴⁵; whole numbers always.
    """
    nearest = float(value)
    if upwards and nearest < value:
        return math.nextafter(nearest, math.inf)
    if not upwards and nearest > value:
        return math.nextafter(nearest, -math.inf)
    return nearest


def _result(
    *, file: str, suite: TableSuite, expectation: Expectation, frame: pd.DataFrame, answer: Any
) -> ExpectationResult:
    """Take over what is needed of ``answer``, GX's ExpectationValidationResult."""
    why = _exception(answer.exception_info)
    if why is not None:
        raise _not_carried_out(file=file, suite=suite, expectation=expectation, why=why)
    details = cast("Mapping[str, Any]", answer.result)
    observed = details.get("observed_value")
    unexpected = int(details.get("unexpected_count") or 0)
    positions: list[int] = sorted(details.get("unexpected_index_list") or ())
    columns: Sequence[str] = list(dict.fromkeys([*suite.key, *expectation.columns]))
    if expectation.demands_no_row:
        about = frame if expectation.row_condition is None else frame.query(expectation.row_condition)
        unexpected, positions = len(about), [int(position) for position in about.index]
        columns = list(dict.fromkeys([*suite.key, *map(str, frame.columns)]))
    passed = bool(answer.success)
    return ExpectationResult(
        type=expectation.type,
        column=", ".join(expectation.columns) or None,
        because=expectation.because,
        severity=expectation.severity,
        passed=passed,
        unexpected_count=unexpected,
        offending=() if passed else _rows(frame, positions[:OFFENDING_ROWS_KEPT], columns),
        by_period={} if passed else _by_period(frame, positions),
        observed=None if observed is None else _cell(observed),
        line=expectation.line,
    )


def _exception(info: object) -> str | None:
    """Say what GX could not do, from either of its two shapes of ``exception_info``; ``None`` when it could."""
    if not isinstance(info, Mapping):
        return None
    known = cast("Mapping[str, object]", info)
    for entry in (known, *known.values()):
        if isinstance(entry, Mapping):
            details = cast("Mapping[str, object]", entry)
            if details.get("raised_exception"):
                return _one_line(str(details.get("exception_message")))
    return None


def _not_carried_out(*, file: str, suite: TableSuite, expectation: Expectation, why: str) -> ExpectationsRefused:
    return ExpectationsRefused(
        f"Great Expectations cannot carry out an expectation of {file}",
        [
            Problem(
                file=file,
                line=expectation.line,
                field=".".join([suite.table, *expectation.columns[:1]]),
                what=f"{expectation.type}: {why}",
                todo="correct the expectation's arguments, or the type of the column",
            )
        ],
    )


def _rows(frame: pd.DataFrame, positions: Sequence[int], columns: Sequence[str]) -> tuple[dict[str, str], ...]:
    shown = frame.loc[list(positions), list(columns)]
    cells = {column: cast("list[object]", shown[column].tolist()) for column in columns}
    return tuple({column: _cell(cells[column][row]) for column in columns} for row in range(len(shown)))


def _by_period(frame: pd.DataFrame, positions: Sequence[int]) -> dict[str, int]:
    if "period_id" not in frame.columns:
        return {}
    return dict(sorted(Counter(map(str, frame.loc[list(positions), "period_id"].tolist())).items()))


def _cell(value: object) -> str:
    """Write a value as people do: decimals in full, no float where the database had an integer beside nulls."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return "null"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _pairs(row: Mapping[str, str]) -> str:
    return ", ".join(f"{column}={text}" for column, text in row.items())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _is_texts(value: object) -> bool:
    items = _items(value)
    return bool(items) and all(isinstance(item, str) and item for item in items)
