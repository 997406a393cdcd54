"""Sealed periods: what a revision was computed from and what came of it, to be computed again at any time.

A seal is a folder ``seals/<period>/r<revision>/`` that is written once, by one rename:

- ``marts/``: facts, scores, evaluation and payout of the period, the very files that were published;
- ``inputs/``, ``kpis/``, ``control/``: all rows that the floors from the facts to the payout read;
- ``company/<company>/``: company.yaml, sources.yaml, scheme.yaml and models/ as they were;
- ``manifest.json``: SHA-256 of every file and the content hash of its rows, loads, versions of the code; its own hash
  stands in ``manifest.sha256``, and in the records.

A period is sealed only when computing it from the new seal alone gives what was published.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb

from perf_pipelines import plan
from perf_pipelines.code_version import CodeVersion, code_at_hand
from perf_pipelines.company import Company, load_company
from perf_pipelines.durable import flush, flush_all
from perf_pipelines.errors import PerfError, Problem
from perf_pipelines.home import CompanyHome
from perf_pipelines.pay.approving import shown
from perf_pipelines.pay.proposal import published_proposal
from perf_pipelines.pay.reopening import seal as record_sealed
from perf_pipelines.periods import Period
from perf_pipelines.publication import content_of, open_marts, read_publication
from perf_pipelines.records.period_steps import PERIOD_STEPS, Step
from perf_pipelines.reports.marts import PublishedMarts
from perf_pipelines.row_differences import row_differences
from perf_pipelines.sql_text import identifier, literal, parquet
from perf_pipelines.warehouse.dbt import DBT_PROJECT, Dbt, Relation, input_models, kpi_models, model_files
from perf_pipelines.warehouse.engine import Warehouse

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from perf_pipelines.closing import Closing
    from perf_pipelines.pay.proposal import Proposal
    from perf_pipelines.plan import Stage
    from perf_pipelines.publication import PeriodRecord
    from perf_pipelines.records.store import Records


_FORMAT = 1
_SEAL = re.compile("r([1-9][0-9]*)")
"""A folder that is called otherwise, as somebody's copy of a seal, is none."""

_MANIFEST = "manifest.json"
_MANIFEST_HASH = "manifest.sha256"


class SealRefused(PerfError):
    """A period cannot be sealed, or its seal is broken or gives other results than were sealed."""

    exit_code: ClassVar[int] = 15


@dataclass(frozen=True, kw_only=True)
class SealedFile:
    """SHA-256 of a file's bytes; of Parquet also how many rows it has and their content hash, as of published files."""

    sha256: str
    rows: int | None = None
    content_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A seal as its manifest tells it. ``files`` are by their path below ``folder``; ``loads`` as published."""

    folder: Path
    company: str
    period: str
    revision: int
    sealed_at: str
    published_at: str
    scheme: str
    loads: Mapping[str, str]
    code: CodeVersion
    files: Mapping[str, SealedFile]

    @property
    def called(self) -> str:
        """Period and revision, as messages name them."""
        return f"{self.period}, revision {self.revision}"

    @property
    def hash(self) -> str:
        """SHA-256 of the manifest: whoever knows it can tell that not a byte of the seal is another."""
        return _sha256(self.folder / _MANIFEST)

    def named(self, folder: str) -> dict[str, Path]:
        """The Parquet files in one of its folders by relation."""
        paths = [self.folder / path for path in self.files if path.startswith(f"{folder}/")]
        return {path.stem: path for path in paths}


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A seal that gives what was sealed; ``code_changes`` is what has changed in the code since, in words."""

    seal: Seal
    rows: int
    code_changes: tuple[str, ...]


def recomputed() -> tuple[Stage, ...]:
    """The stages that a seal computes again: up to the pay. Reviews look at other periods too and pay nobody."""
    return plan.by_period(plan.PLAN.paying)


def seal_period(closing: Closing, period: Period, *, by: str) -> tuple[Seal, bool]:
    """Seal a posted period and record it; whether that is new: sealing the same again changes nothing.

    :class:`SealRefused` where the published revision is not posted, is sealed with other results, or cannot be computed
    again from what the seal would hold; :class:`~perf_pipelines.errors.NotPublished`;
    :class:`~perf_pipelines.errors.Busy`.
    """
    with closing.alone():
        proposal = published_proposal(closing.home, company_id=closing.company.id, period=period)
        _demand_posted(closing, proposal)
        marts, revision = PublishedMarts(closing.home), proposal.revision
        names = closing.dbt.marts(recomputed())
        for mart in names:
            marts.require(period.id, mart=mart)
        folder = closing.home.seals / period.id / f"r{revision}"
        if folder.exists():
            seal = _sealed_already(closing.home, _read(folder))
            # a run that broke off after the seal was made has not recorded it
            _record(closing.records, seal, by=by)
            return seal, False
        for broken_off in folder.parent.glob("making-*"):
            shutil.rmtree(broken_off)
        making = folder.parent / f"making-{os.getpid()}"
        try:
            record = read_publication(closing.home).periods[period.id]
            _have_what_was_read(closing, period, record)
            _write(making, closing=closing, period=period, revision=revision, record=record, marts=names)
            _refuse_differences(_read(making))
            flush_all(making)
            making.rename(folder)
            flush(folder.parent)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        seal = _read(folder)
        _record(closing.records, seal, by=by)
        return seal, True


def read_seal(home: CompanyHome, period: Period, *, revision: int | None = None) -> Seal:
    """The seal of a period's revision, of the newest one without it; :class:`SealRefused` where there is none."""
    there = {int(match[1]): path for path in home.seals.glob(f"{period.id}/*") if (match := _SEAL.fullmatch(path.name))}
    wanted = revision if revision is not None else max(there, default=1)
    if wanted not in there:
        sealed = f"sealed are {', '.join(f'r{number}' for number in sorted(there))}" if there else "none is sealed"
        raise SealRefused(
            f"revision {wanted} of {period} is not sealed",
            [
                Problem(
                    field="period",
                    what=sealed,
                    todo=f"run `perf-pipelines seal create --company {home.root.name} --period {period} --by …`",
                )
            ],
        )
    seal = _read(there[wanted])
    if (seal.company, seal.period, seal.revision) != (home.root.name, period.id, wanted):
        what = f"it is the seal of {seal.company}, {seal.called}"
        raise SealRefused(f"the seal of {period}, revision {wanted} is broken", [_changed(_MANIFEST, what)])
    return seal


def recorded_hash(records: Records, seal: Seal) -> str | None:
    """The hash with which it was recorded; ``None`` where records are gone, or an older version has written them."""
    steps = records.all(PERIOD_STEPS, period_id=seal.period, revision=seal.revision, step=Step.SEALED)
    return next((step.seal for step in steps), None)


def verify(seal: Seal, *, recorded: str | None = None) -> Verified:
    """Compute a sealed revision again, from the seal alone with the code at hand, and compare every row.

    :class:`SealRefused` where a byte has changed or a row differs, where the code at hand cannot compute it, and where
    its hash is not the ``recorded`` one.
    """
    changed = [*_replaced(seal, recorded), *_changed_files(seal)]
    if changed:
        raise SealRefused(f"the seal of {seal.called} is broken", changed)
    code_changes = code_at_hand().changed_since(seal.code)
    since = f"the code has changed since: {', '.join(code_changes)}" if code_changes else "by the same code"
    try:
        problems = _differences(seal, called=("sealed", "computed now"), todo=_BY_ITS_CODE)
    except (PerfError, duckdb.Error) as error:
        said = Problem(what=str(error).splitlines()[0], todo=_BY_ITS_CODE)
        more = error.problems if isinstance(error, PerfError) else ()
        headline = f"{seal.called} cannot be computed from its seal ({since})"
        raise SealRefused(headline, [said, *more]) from error
    if problems:
        raise SealRefused(f"{seal.called} gives other results than were sealed ({since})", problems)
    rows = sum(file.rows or 0 for path, file in seal.files.items() if path.startswith("marts/"))
    return Verified(seal=seal, rows=rows, code_changes=code_changes)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _demand_posted(closing: Closing, proposal: Proposal) -> None:
    """What is not posted may still be closed again with other results, which a seal would stand against for ever."""
    period, revision = proposal.period_id, proposal.revision
    headline = f"{period}, revision {revision} is not sealed"
    show = f"run `perf-pipelines pay show --company {closing.company.id} --period {period}`"
    steps = closing.records.period_steps().get(period, ())
    made = {step.step: step for step in steps if step.revision == revision}
    if Step.POSTED not in made or steps[-1].step == Step.REOPENED:
        what, todo = "it is not posted, or was opened again", f"{show} to see where it stands"
        raise SealRefused(headline, [Problem(field="period", what=what, todo=todo)])
    posted = made[Step.POSTED].proposal
    if posted != proposal.hash:
        what = f"what is published, {shown(proposal.hash)}, is not what was posted, {shown(posted)}"
        todo = (
            f"{show} and find out who has changed the published marts; `perf-pipelines pay reopen` begins a correction"
        )
        raise SealRefused(headline, [Problem(field="proposal", what=what, todo=todo)])


def _record(records: Records, seal: Seal, *, by: str) -> None:
    """Record what was sealed; :class:`SealRefused` when another seal of that revision was recorded before."""
    step = record_sealed(records, period_id=seal.period, revision=seal.revision, hash=seal.hash, by=by)
    replaced = _replaced(seal, step.seal)
    if replaced:
        raise SealRefused(f"{seal.called} is sealed already, by another seal", replaced)


def _have_what_was_read(closing: Closing, period: Period, record: PeriodRecord) -> None:
    """See to it that inputs and KPIs stand in the warehouse as of the loads that the published period was read from."""
    if closing.warehouse.build() == closing.dbt.build_id and _stands_for(closing, record.loads):
        closing.name([period])
        return
    closing.prepare(as_of=max(record.loads.values(), key=Decimal))
    if _loads(closing.warehouse) != record.loads:
        what = "it was published from other loads than can be read now as of its newest one"
        raise SealRefused(f"{period} is not sealed", [Problem(field="period", what=what, todo=_CLOSE_AGAIN)])
    closing.pass_stages(closing.plan.shared)
    closing.name([period])
    # what is read as of an older load must not be taken for the newest when somebody builds one stage alone
    closing.warehouse.shut_gates(closing.plan.gates)


def _stands_for(closing: Closing, loads: Mapping[str, str]) -> bool:
    """Whether the stages that all periods share have been built of these loads."""
    stand = all(closing.warehouse.stands_for(stage.name) for stage in closing.plan.shared)
    return stand and _loads(closing.warehouse) == loads


def _loads(warehouse: Warehouse) -> dict[str, str]:
    with warehouse.connect() as connection:
        return dict(
            connection.execute(
                "select source_system || '.' || source_table, load_id from control.source_snapshot"
            ).fetchall()
        )


def _write(
    making: Path, *, closing: Closing, period: Period, revision: int, record: PeriodRecord, marts: Sequence[str]
) -> None:
    making.mkdir(parents=True)
    for mart in marts:
        (making / "marts").mkdir(exist_ok=True)
        shutil.copyfile(
            closing.home.published / "parquet" / mart / f"{period.id}.parquet", making / "marts" / f"{mart}.parquet"
        )
    with closing.warehouse.connect() as connection:
        growing = _growing_kpis(connection)
        for relation in _sealed_relations(closing.dbt):
            (making / relation.schema).mkdir(exist_ok=True)
            file = making / relation.schema / f"{relation.name}.parquet"
            rows = _rows_read(relation, period, growing)
            connection.execute(f"copy ({rows} order by all) to {literal(file)} (format parquet)")
    company = making / "company" / closing.company.id
    for path in _texts(closing.company):
        copy = company / path.relative_to(closing.company.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    content = {
        "format": _FORMAT,
        "company": closing.company.id,
        "period": period.id,
        "revision": revision,
        "sealed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "published_at": record.published_at,
        "scheme": record.scheme,
        "loads": dict(record.loads),
        "code": asdict(code_at_hand()),
        "files": {str(path): asdict(_described(making / path)) for path in _relative_files(making)},
    }
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (making / _MANIFEST).write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (making / _MANIFEST_HASH).write_text(f"{digest}  {_MANIFEST}\n", encoding="utf-8")
    for path in _relative_files(making):
        (making / path).chmod(0o444)


def _sealed_relations(dbt: Dbt) -> Iterator[Relation]:
    """What is read, without the scheme: that is sealed as its text, of which the code at hand makes the tables."""
    return (relation for relation in dbt.reads(recomputed()) if relation.schema != "scheme")


def _rows_read(relation: Relation, period: Period, growing: Container[str]) -> str:
    """Of a KPI the contributions in the period, and in the one a year ago where something is to grow on it."""
    rows = f"select * from {relation.schema}.{identifier(relation.name)}"
    if relation.schema != "kpis":
        return rows
    periods = [period, *([period.year_before()] if relation.name.removeprefix("kpi_") in growing else [])]
    # the days themselves, so that DuckDB reads no more of the inputs than these
    days = (f"occurred_on between date '{each.starts_on}' and date '{each.ends_on}'" for each in periods)
    return f"{rows} where {' or '.join(days)}"


def _growing_kpis(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        kpi
        for (kpi,) in connection.execute(
            "select kpi_id from scheme.position_kpi where growth is not null "
            "union select kpi_id from scheme.own_target where growth is not null"
        ).fetchall()
    }


def _texts(company: Company) -> Iterator[Path]:
    """What the company's folder says, without its data."""
    for name in ("company.yaml", "scheme.yaml", "sources.yaml"):
        yield company.folder / name
    yield from model_files(company.folder / "models")


def _described(path: Path) -> SealedFile:
    if path.suffix != ".parquet":
        return SealedFile(sha256=_sha256(path))
    content = content_of(path)
    return SealedFile(sha256=_sha256(path), rows=content.rows, content_hash=content.hash)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_differences(seal: Seal) -> None:
    """A seal that would not verify is not made: scheme, models, calibrations may have changed since the publication."""
    problems = _differences(seal, called=("published", "computed now"), todo=_CLOSE_AGAIN)
    if problems:
        headline = f"{seal.called} is not sealed: what is published is not what its inputs give now"
        raise SealRefused(headline, problems)


def _sealed_already(home: CompanyHome, seal: Seal) -> Seal:
    """The seal that is there, if it holds what is published now; :class:`SealRefused` otherwise."""
    problems = _changed_files(seal)
    with open_marts(home.published) as published:
        for mart, file in seal.named("marts").items():
            now = f"(select * from published.marts.{mart} where period_id = {literal(seal.period)})"
            problems += row_differences(
                published,
                mart=mart,
                before=parquet([file]),
                after=now,
                called=("sealed", "published now"),
                todo=_REOPEN,
            )
    if problems:
        raise SealRefused(f"{seal.called} is sealed already, with other results", problems)
    return seal


# ── reading and verifying ────────────────────────────────────────────────────────────────────────────────────────────

_REOPEN = "reopen the period, so that what has changed becomes a revision of its own"
_RESTORE = "bring the seal back from its backup"
_CLOSE_AGAIN = "close the period again and seal what is published then"
_BY_ITS_CODE = "find what has changed in the code, or verify with the code that sealed it"


def _read(folder: Path) -> Seal:
    try:
        content: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
        if content["format"] != _FORMAT:
            raise ValueError(f"it is of the format {content['format']}, this code reads {_FORMAT}")
        return Seal(
            folder=folder,
            **{name: content[name] for name in ("company", "period", "revision", "sealed_at", "published_at")},
            scheme=content["scheme"],
            loads=content["loads"],
            code=CodeVersion(**content["code"]),
            files={path: SealedFile(**described) for path, described in content["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"the manifest cannot be read ({error})"
        raise SealRefused(
            f"the seal {folder.parent.name}/{folder.name} is broken", [_changed(_MANIFEST, what)]
        ) from error


def _changed_files(seal: Seal) -> list[Problem]:
    """Files that are not as they were sealed; where all bytes are the same, files from which other rows are read."""
    return list(_changed_bytes(seal)) or [
        _changed(path, "its bytes are the same, but other rows are read from them")
        for path, sealed in seal.files.items()
        if _described(seal.folder / path) != sealed
    ]


def _replaced(seal: Seal, recorded: str | None) -> list[Problem]:
    """That it is another seal than was recorded, though all in it may agree; nothing where none is known."""
    if recorded in {None, seal.hash}:
        return []
    return [_changed(_MANIFEST, f"its SHA-256 is {seal.hash}, and recorded was the seal {recorded}")]


def _changed_bytes(seal: Seal) -> Iterator[Problem]:
    """Files that are missing, have other bytes, or are too many."""
    beside = seal.folder / _MANIFEST_HASH
    if not beside.exists() or beside.read_bytes() != f"{seal.hash}  {_MANIFEST}\n".encode():
        yield _changed(_MANIFEST, f"its bytes have another SHA-256 than {_MANIFEST_HASH} says")
    for path, sealed in seal.files.items():
        if not (seal.folder / path).is_file():
            yield _changed(path, "the file is missing")
        elif _sha256(seal.folder / path) != sealed.sha256:
            yield _changed(path, "its bytes have changed")
    for path in _relative_files(seal.folder):
        if str(path) not in {*seal.files, _MANIFEST, _MANIFEST_HASH}:
            yield _changed(str(path), "the file was not sealed")


def _differences(seal: Seal, *, called: tuple[str, str], todo: str) -> list[Problem]:
    """What differs between the marts in the seal and those that the code makes of everything else in it."""
    company = load_company(
        seal.folder / "company" / seal.company,
        kpi_models=kpi_models(DBT_PROJECT / "models" / "kpis"),
        inputs=input_models(),
    )
    with TemporaryDirectory(prefix="perf-seal-") as folder:
        home = CompanyHome(Path(folder) / seal.company)
        warehouse = Warehouse(home.warehouse)
        dbt = Dbt(company=company, home=home)
        warehouse.close_periods(company=company, periods=[Period.parse(seal.period)])
        with warehouse.connect() as connection:
            for relation in _sealed_relations(dbt):
                _bring_in(connection, relation, seal)
        dbt.build(*recomputed(), plan=plan.PLAN)
        made = dbt.marts(recomputed())
        problems: list[Problem] = []
        with warehouse.connect() as connection:
            for mart, file in seal.named("marts").items():
                if mart not in made:
                    problems.append(Problem(file=mart, what="this code does not make it", todo=todo))
                    continue
                now = f"(select * from marts.{mart} where period_id = {literal(seal.period)})"
                problems += row_differences(
                    connection, mart=mart, before=parquet([file]), after=now, called=called, todo=todo
                )
        return problems


def _bring_in(connection: duckdb.DuckDBPyConnection, relation: Relation, seal: Seal) -> None:
    """Make a relation of its sealed rows, in the shape that the code at hand asks for.

    Columns that came later are empty, as is a relation that came later; of the period's own table they are what the
    code says of that period.
    """
    name = f"{relation.schema}.{identifier(relation.name)}"
    file = seal.named(relation.schema).get(relation.name)
    connection.execute(f"create schema if not exists {relation.schema}")
    there = _columns(connection, name) if _exists(connection, relation) else []
    if not there and relation.columns:
        columns = ", ".join(f"{identifier(column)} {kind}" for column, kind in relation.columns.items())
        connection.execute(f"create table {name} ({columns})")
        there = list(relation.columns)
    if file is None:
        return
    sealed = parquet([file])
    if not there:
        connection.execute(f"create table {name} as select * from {sealed}")
        return
    common = [column for column in _columns(connection, sealed) if column in there]
    listed = ", ".join(map(identifier, common))
    if (relation.schema, relation.name) == ("control", "period"):
        taken = ", ".join(f"sealed.{identifier(column)} as {identifier(column)}" for column in common)
        connection.execute(
            f"create or replace table {name} as select made.* replace ({taken}) from {name} as made "
            f"inner join {sealed} as sealed using (period_id)"
        )
        return
    connection.execute(f"delete from {name}")
    connection.execute(f"insert into {name} by name select {listed} from {sealed}")


def _exists(connection: duckdb.DuckDBPyConnection, relation: Relation) -> bool:
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        [relation.schema, relation.name],
    )
    return found.fetchone() is not None


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe select * from {relation}").fetchall()]


def _relative_files(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def _changed(path: str, what: str) -> Problem:
    return Problem(file=path, what=what, todo=_RESTORE)
