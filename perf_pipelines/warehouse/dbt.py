"""dbt in this process: parsed once, then one invocation a floor of the house.

A dbt process costs seconds to start and to read its project, a floor's SQL a fraction of one. What it has read is held
for whoever closes by the same models in this process, and kept by their hash for other processes and homes: a backtest,
a what-if or a seal's verification reads 2 MB in place of 300 files.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from filelock import FileLock

from perf_pipelines.cleaning import staging_model
from perf_pipelines.durable import write_whole
from perf_pipelines.errors import Problem, RunFailed
from perf_pipelines.home import PROJECT, CompanyHome
from perf_pipelines.warehouse.engine import memory_limit

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from dbt.contracts.graph.manifest import Manifest

    from perf_pipelines.company import Company

DBT_PROJECT = PROJECT / "dbt_project"


_KEPT_AS_TABLES = frozenset({"inputs", "staging", "kpis"})
"""Schemas that a run for another period leaves as they are."""


class Floor(StrEnum):
    """What is built together, between two gates. A model carries its floor as a tag (dbt_project.yml).

    On the facts of a period that is running stands ``tracking``, on those of a whole one all the others
    (:data:`OF_A_CLOSING`).
    """

    INPUTS = "inputs"
    KPIS = "kpis"
    FACTS = "facts"
    TRACKING = "tracking"
    EVALUATION = "evaluation"
    PAYOUT = "payout"
    REVIEW = "review"


OF_A_CLOSING = tuple(floor for floor in Floor if floor is not Floor.TRACKING)
"""The floors that are built when a period is closed, from below."""


@dataclass(frozen=True, kw_only=True)
class NodeResult:
    """What became of one model or test. ``relation``: its name with schema; of a test, the query for its failures."""

    unique_id: str
    name: str
    is_test: bool
    status: str
    message: str
    failures: int
    seconds: float
    relation: str | None
    file: str

    @property
    def passed(self) -> bool:
        """Built, or kept its promise."""
        return self.status in {"success", "pass", "warn"}


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A relation of the warehouse, and the types of its columns where a contract says them."""

    schema: str
    name: str
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CompiledModel:
    """A model's select, with the names of relations as dbt wrote them: ``"warehouse"."<schema>"."<name>"``."""

    schema: str
    name: str
    select: str


@dataclass(frozen=True, kw_only=True)
class _Parsed:
    """What dbt has read: its manifest, the same as plain data, and the company's models as it calls their folder."""

    manifest: Manifest
    plain: Mapping[str, Any]
    models: str


_PARSED: dict[str, _Parsed] = {}
"""What this process has parsed, by build id, the newest last."""

_PARSED_HELD = 4  # some 20 MB each
_PARSED_KEPT = 16  # files of 2 MB, two each


def kpi_models(folder: Path) -> frozenset[str]:
    """Ids of the KPIs that have a model ``kpi_<id>.sql`` in ``folder``; empty when there is no such folder."""
    return frozenset(path.stem.removeprefix("kpi_") for path in folder.glob("kpi_*.sql"))


def input_models() -> frozenset[str]:
    """Ids of the inputs of the contract."""
    return frozenset(path.stem for path in (DBT_PROJECT / "models" / "inputs").glob("*.sql")) - {"staged_rows"}


def model_files(root: Path) -> Iterator[Path]:
    """The files below ``root`` that dbt reads, in order."""
    for path in sorted(root.rglob("*")):
        if path.suffix in {".sql", ".yml", ".yaml"} and "target" not in path.relative_to(root).parts:
            yield path


class Dbt:
    """dbt on one company's warehouse."""

    def __init__(self, *, company: Company, home: CompanyHome) -> None:
        self._company = company
        self._home = home
        self._models = os.path.relpath(company.folder / "models", DBT_PROJECT)

    @cached_property
    def build_id(self) -> str:
        """Hash of dbt's version, every file that it reads and what the company supplies: other code, other hash."""
        digest = hashlib.sha256(version("dbt-core").encode())
        for root in (DBT_PROJECT, self._company.folder / "models"):
            for path in model_files(root):
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(path.read_bytes())
        digest.update(json.dumps(self._supplies(), sort_keys=True).encode())
        return digest.hexdigest()

    def manifest(self) -> Mapping[str, Any]:
        """Dbt's manifest as plain data (manifest.json), parsed again when a file has changed."""
        if self._held:
            return self._held.plain
        return self._kept_plain() or self.parse().plain

    def left_out(self, floor: Floor) -> tuple[str, ...]:
        """Names of the nodes of a floor that this company has no use for.

        KPIs that neither its scheme nor a model of its own or of another floor uses, and tests of inputs that it does
        not supply.
        """
        return self._left_out.get(floor, ())

    @cached_property
    def _left_out(self) -> Mapping[Floor, tuple[str, ...]]:
        # by floor, because dbt looks through all nodes for each name that it is to leave out
        nodes: dict[str, Any] = dict(self.manifest()["nodes"])
        used = {f"kpi_{kpi}" for kpi in self._company.kpi_ids}
        needed: set[str] = set()
        waiting = [key for key, node in nodes.items() if node["name"] in used or node["schema"] == "intermediate"]
        while waiting:
            key = waiting.pop()
            if key in nodes and key not in needed:
                needed.add(key)
                waiting.extend(nodes[key]["depends_on"]["nodes"])
        empty = {f"model.perf.{name}" for name in input_models() - set(self._company.inputs)}
        ordered = sorted(nodes.items())
        return {
            Floor.INPUTS: tuple(node["name"] for _, node in ordered if node.get("attached_node") in empty),
            Floor.KPIS: tuple(node["name"] for key, node in ordered if node["schema"] == "kpis" and key not in needed),
        }

    def reads(self, floors: Collection[Floor]) -> tuple[Relation, ...]:
        """What the models of these floors read that is not made on one of them: of other floors and of the pipeline."""
        manifest = self.manifest()
        everything = {**manifest["nodes"], **manifest["sources"]}
        made = _models(manifest, floors)
        read = {key for node in made.values() for key in node["depends_on"]["nodes"]} - made.keys()
        return tuple(
            Relation(
                schema=node["schema"],
                name=node["name"],
                columns={
                    column["name"]: column["data_type"] for column in node["columns"].values() if column["data_type"]
                },
            )
            for node in sorted((everything[key] for key in read), key=lambda node: (node["schema"], node["name"]))
        )

    def marts(self, floors: Collection[Floor]) -> tuple[str, ...]:
        """Names of the marts that are made on these floors."""
        return tuple(
            sorted(node["name"] for node in _models(self.manifest(), floors).values() if node["schema"] == "marts")
        )

    def build(self, *floors: Floor, tested: bool = True) -> tuple[NodeResult, ...]:
        """Build a floor and test it; :class:`RunFailed` when a model's SQL fails. Failed tests are in the result.

        Not ``tested``: the models alone. Several floors at once are built where no gate has to be passed between them.
        With the floor ``tracking`` is built what it reads of floors that come later in a closing.
        """
        left_out = [name for floor in floors for name in self.left_out(floor)]
        selected = [f"tag:{floor}" for floor in floors]
        if Floor.TRACKING in floors:
            selected = [f"+{tag}" for tag in selected]
            left_out += [f"tag:{floor}" for floor in (Floor.INPUTS, Floor.KPIS, Floor.FACTS)]
        return self._built(", ".join(floors), selected, left_out, tested=tested)

    def build_mart(self, name: str) -> tuple[NodeResult, ...]:
        """Build one mart that reads nothing which has to be built before, and test it; otherwise as :meth:`build`."""
        return self._built(name, [name], (), tested=True)

    def _built(
        self, called: str, selected: Sequence[str], left_out: Sequence[str], *, tested: bool
    ) -> tuple[NodeResult, ...]:
        parsed = self._held or self.parse()
        without = [*(("--exclude", *left_out) if left_out else ())]
        if not tested:
            without += ["--exclude-resource-type", "test"]
        # buildable: a test that also reads a higher floor waits for that one
        among = ("--indirect-selection", "buildable", "--select", *selected)
        outcome = self._invoke("build", "--no-write-json", *among, *without)
        results = tuple(self._node_result(result, parsed) for result in getattr(outcome.result, "results", ()))
        broken = [result for result in results if result.status in {"error", "runtime error"}]
        if broken or (outcome.exception is not None and not results):
            raise RunFailed(
                f"dbt could not build `{called}` of {self._company.id}",
                [
                    Problem(file=node.file, field=node.name, what=node.message, todo="mend the model and run again")
                    for node in broken
                ]
                or [Problem(what=str(outcome.exception), todo="run `perf-pipelines check` and look at dbt_project/")],
            )
        return results

    def compile(self, floors: Sequence[Floor]) -> Path:
        """Write the SQL of these floors and build nothing; the folder below which it lies by the models' paths."""
        if not self._held:
            self.parse()
        outcome = self._invoke("compile", "--select", *(f"tag:{floor}" for floor in floors))
        if not outcome.success:
            raise RunFailed(
                f"dbt could not compile the models of {self._company.id}",
                [Problem(what=str(outcome.exception), todo="mend the file that it names")],
            )
        return self._home.dbt / "target"

    def compiled(self, wanted: Sequence[str], *, given: Collection[str]) -> tuple[CompiledModel, ...]:
        """The models between tables that are ``given`` and those ``wanted``, as the last run compiled them, in order.

        Nothing is compiled or written. :class:`FileNotFoundError` when dbt's working files have been deleted.
        """
        target = self._home.dbt / "target"
        nodes: Mapping[str, Any] = self.manifest()["nodes"]
        models = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
        ordered: dict[str, CompiledModel] = {}

        def add(name: str) -> None:
            node = models[name]
            if name in ordered or name in given or node["schema"] in _KEPT_AS_TABLES:
                return
            for key in node["depends_on"]["nodes"]:
                if key in nodes:
                    add(nodes[key]["name"])
            select = (target / "compiled" / "perf" / node["original_file_path"]).read_text()
            ordered[name] = CompiledModel(schema=node["schema"], name=name, select=select)

        for name in wanted:
            add(name)
        return tuple(ordered.values())

    def parse(self) -> _Parsed:
        """Read the project, unless another process has read the same; :class:`RunFailed` when it is wrong."""
        # the UI's processes read the project while a run does: one of them writes dbt's files at a time
        self._home.dbt.mkdir(parents=True, exist_ok=True)
        with FileLock(self._home.dbt / "reading.lock"):
            parsed = self._kept() or self._read()
        _PARSED.pop(self.build_id, None)
        _PARSED[self.build_id] = parsed
        for oldest in list(_PARSED)[:-_PARSED_HELD]:
            del _PARSED[oldest]
        return parsed

    @property
    def _held(self) -> _Parsed | None:
        return _PARSED.get(self.build_id)

    def _kept_file(self, suffix: str) -> Path:
        return self._home.parsed / f"{self.build_id}.{suffix}"

    def _kept_plain(self) -> Mapping[str, Any] | None:
        try:
            return json.loads(self._kept_file("json").read_bytes())
        except (OSError, ValueError):  # never read, or not whole: read again
            return None

    def _kept(self) -> _Parsed | None:
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser import manifest as parser

        plain = self._kept_plain()
        if plain is None:
            return None
        decoder = cast("Any", parser.extended_mashumuro_decoder)  # pyright: ignore[reportUnknownMemberType]
        try:
            manifest = Manifest.from_msgpack(self._kept_file("msgpack").read_bytes(), decoder=decoder)
        except Exception:  # dbt too parses again whatever it is that cannot be read
            return None
        return _Parsed(manifest=manifest, plain=plain, models=self._models)

    def _read(self) -> _Parsed:
        outcome = self._invoke("parse")
        if not outcome.success:
            raise RunFailed(
                f"dbt could not read the models of {self._company.id}",
                [Problem(what=str(outcome.exception), todo="mend the file that it names")],
            )
        target = self._home.dbt / "target"
        self._home.parsed.mkdir(parents=True, exist_ok=True)
        for name, suffix in (("manifest.json", "json"), ("partial_parse.msgpack", "msgpack")):
            write_whole(self._kept_file(suffix), (target / name).read_bytes())
        with suppress(FileNotFoundError):  # another company's process throws the oldest away at this moment
            kept = sorted(self._home.parsed.glob("[!.]*"), key=lambda file: file.stat().st_mtime)
            for oldest in kept[: -2 * _PARSED_KEPT]:
                oldest.unlink(missing_ok=True)
        plain = json.loads((target / "manifest.json").read_bytes())
        return _Parsed(manifest=outcome.result, plain=plain, models=self._models)

    def _invoke(self, command: str, *arguments: str) -> Any:
        from dbt.cli.main import dbtRunner

        arguments = (
            *("--log-level", "none", "--log-level-file", "none", "--no-version-check", "--no-print"),
            command,
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *arguments,
        )
        with _environment(self._environment()):
            try:
                return dbtRunner(manifest=self._held.manifest if self._held else None).invoke(list(arguments))
            finally:
                _close_connection()

    def _node_result(self, result: Any, parsed: _Parsed) -> NodeResult:
        node = result.node
        return NodeResult(
            unique_id=node.unique_id,
            name=node.name,
            is_test=node.resource_type == "test",
            status=str(result.status),
            message=(result.message or "").strip(),
            failures=result.failures or 0,
            seconds=result.execution_time,
            relation=f"({node.compiled_code})" if node.resource_type == "test" else node.relation_name,
            # the same models may have been parsed in another folder
            file=node.original_file_path.replace(parsed.models, self._models, 1),
        )

    def _supplies(self) -> dict[str, str]:
        cleaning = {
            staging_model(table): [rule.model_dump(mode="json") for rule in rules]
            for table, rules in self._company.cleaning.items()
        }
        return {
            "PERF_CLEANING": json.dumps(cleaning, ensure_ascii=False),
            "PERF_INPUTS": ",".join(self._company.inputs),
            "PERF_STAGING": ",".join(self._company.staging),
            "PERF_KPIS": ",".join(self._company.kpi_ids),
        }

    def _environment(self) -> dict[str, str]:
        return {
            **self._supplies(),
            "PERF_COMPANY_MODELS": self._models,
            "PERF_WAREHOUSE": str(self._home.warehouse),
            "PERF_MEMORY": memory_limit(),
            "DBT_TARGET_PATH": str(self._home.dbt / "target"),
            "DBT_LOG_PATH": str(self._home.dbt / "logs"),
            "DO_NOT_TRACK": "1",
        }


def _close_connection() -> None:
    # dbt keeps its connection for the next invocation; another company's or a deleted file must not stay open
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    with suppress(Exception):  # raised when there is none
        DuckDBConnectionManager.env().close()
    DuckDBConnectionManager.close_all_connections()


@contextmanager
def _environment(values: Mapping[str, str]) -> Generator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _models(manifest: Mapping[str, Any], floors: Collection[Floor]) -> dict[str, Any]:
    """The nodes of the models of these floors."""
    return {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and not set(floors).isdisjoint(node["tags"])
    }
