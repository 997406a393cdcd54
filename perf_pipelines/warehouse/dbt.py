"""dbt in this process: parsed once, then one invocation a stage of the plan.

A dbt process costs seconds to start and to read its project, a stage's SQL a fraction of one. What it has read is held
for whoever closes by the same models in this process, and kept by their hash for other processes and homes: a backtest,
a what-if or a seal's verification reads 2 MB in place of 300 files.

Views are created once for each state of the models, and a stage's data tests run as one statement
(:mod:`~perf_pipelines.warehouse.data_tests`); what dbt builds on each run are the tables.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from filelock import FileLock
from greenlet import greenlet

from perf_pipelines.cleaning import staging_model
from perf_pipelines.durable import write_whole
from perf_pipelines.errors import Problem, RunFailed
from perf_pipelines.home import PROJECT, CompanyHome
from perf_pipelines.scheme.validity import version_stretches
from perf_pipelines.warehouse.data_tests import DataTest
from perf_pipelines.warehouse.engine import memory_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence

    from dbt.contracts.graph.manifest import Manifest

    from perf_pipelines.company import Company
    from perf_pipelines.plan import Plan, Stage

DBT_PROJECT = PROJECT / "dbt_project"


VIEW = "view_in_place"
"""The materialization of a view (dbt_project/macros/materializations/)."""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A model that dbt has built. ``relation`` is its quoted name with schema."""

    unique_id: str
    name: str
    seconds: float
    relation: str


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A relation of the warehouse, and the types of its columns where a contract says them."""

    schema: str
    name: str
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CompiledModel:
    """A model's select, which names relations as ``"warehouse"."<schema>"."<name>"``, and the relations it reads."""

    schema: str
    name: str
    select: str
    reads: tuple[Relation, ...]


@dataclass(frozen=True, kw_only=True)
class _Parsed:
    """What dbt has read: its manifest, and the same as plain data."""

    manifest: Manifest
    plain: Mapping[str, Any]


_PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "macros", "models", "tests")

_PARSED: dict[str, _Parsed] = {}
"""What this process has parsed, by build id, the newest last."""

_PLAIN: dict[str, Mapping[str, Any]] = {}
"""The manifest that was read last without parsing, by build id."""

_PARSED_HELD = 4  # some 20 MB each
_PARSED_KEPT = 16  # states of the models, each some 4 MB in three files


def kpi_models(folder: Path) -> frozenset[str]:
    """Ids of the KPIs that have a model ``kpi_<id>.sql`` in ``folder``; empty when there is no such folder."""
    return frozenset(path.stem.removeprefix("kpi_") for path in folder.glob("kpi_*.sql"))


def input_models() -> frozenset[str]:
    """Ids of the inputs of the contract."""
    return frozenset(path.stem for path in (DBT_PROJECT / "models" / "inputs").glob("*.sql")) - {"staged_rows"}


def model_files(root: Path) -> Iterator[Path]:
    """The files below ``root`` that dbt reads, in order."""
    for path in sorted(root.rglob("*")):
        if path.suffix in {".sql", ".yml", ".yaml", ".md"} and "target" not in path.relative_to(root).parts:
            yield path


class Dbt:
    """dbt on one company's warehouse."""

    def __init__(self, *, company: Company, home: CompanyHome) -> None:
        self._company = company
        self._home = home
        self._models = os.path.relpath(company.folder / "models", DBT_PROJECT)
        self._is_linked = False

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
        if self.build_id not in _PLAIN:
            _PLAIN.clear()
            _PLAIN[self.build_id] = self._kept_plain() or self.parse().plain
        return _PLAIN[self.build_id]

    def node_ids(self, stage: Stage, plan: Plan) -> frozenset[str]:
        """Ids of the models that a stage builds: those with its name as tag that this company has a use for.

        A stage beside the way of a closing also builds what it reads and what no stage on its own way builds: of
        tracking, that are models of the review.
        """
        return self._built_by(stage, plan) - self._unused

    @cached_property
    def _unused(self) -> frozenset[str]:
        """KPIs that neither the company's scheme nor a model of its own or of another stage uses."""
        nodes: dict[str, Any] = dict(self.manifest()["nodes"])
        used = {f"kpi_{kpi}" for kpi in self._company.kpi_ids}
        needed: set[str] = set()
        waiting = [key for key, node in nodes.items() if node["name"] in used or node["schema"] == "intermediate"]
        while waiting:
            key = waiting.pop()
            if key in nodes and key not in needed:
                needed.add(key)
                waiting.extend(nodes[key]["depends_on"]["nodes"])
        return frozenset(key for key, node in nodes.items() if node["schema"] == "kpis" and key not in needed)

    def _built_by(self, stage: Stage, plan: Plan) -> frozenset[str]:
        nodes: Mapping[str, Any] = self.manifest()["nodes"]
        path = {other.name for other in plan.path_to(stage.name)}
        found: set[str] = set()
        waiting = list(_models(self.manifest(), [stage]))
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            found.add(key)
            waiting.extend(
                read
                for read in nodes[key]["depends_on"]["nodes"]
                if read in nodes and path.isdisjoint(nodes[read]["tags"])
            )
        return frozenset(found)

    def relations(self, ids: Iterable[str]) -> dict[str, Relation]:
        """The relations of models, by their ids."""
        nodes: Mapping[str, Any] = self.manifest()["nodes"]
        return {key: _relation(nodes[key]) for key in ids}

    def data_tests(self, stage: Stage, plan: Plan) -> tuple[DataTest, ...]:
        """The data tests that can be made when a stage has been built, and not before.

        Not those of inputs that the company does not supply. Compiled once for each state of the models.
        """
        nodes: Mapping[str, Any] = self.manifest()["nodes"]
        built = self.node_ids(stage, plan)
        below = set(built)
        waiting = list(built)
        while waiting:
            for read in nodes[waiting.pop()]["depends_on"]["nodes"]:
                if read in nodes and read not in below:
                    below.add(read)
                    waiting.append(read)
        empty = {f"model.perf.{name}" for name in input_models() - set(self._company.inputs)}
        compiled = self._compiled_tests
        found: list[DataTest] = []
        for key, node in sorted(nodes.items()):
            read = {model for model in node["depends_on"]["nodes"] if model in nodes}
            is_of_stage = node["resource_type"] == "test" and read <= below and not read.isdisjoint(built)
            if is_of_stage and node.get("attached_node") not in empty:
                found.append(DataTest.of(node, sql=compiled[key], file=self._file(node["original_file_path"])))
        return tuple(found)

    @cached_property
    def _compiled_tests(self) -> Mapping[str, str]:
        """The SQL of every data test by id, as dbt compiled it for these models."""
        kept = self._kept_file("tests.json")
        try:
            return json.loads(kept.read_bytes())
        except (OSError, ValueError):  # never compiled, or not whole
            results = self._compile("resource_type:test").results
        compiled: dict[str, str] = {result.node.unique_id: result.node.compiled_code for result in results}
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, json.dumps(compiled, sort_keys=True).encode())
        return compiled

    def reads(self, stages: Collection[Stage]) -> tuple[Relation, ...]:
        """What the models of these stages read that none of them builds: of other stages and of the pipeline."""
        manifest = self.manifest()
        everything = {**manifest["nodes"], **manifest["sources"]}
        made = _models(manifest, stages)
        read = {key for node in made.values() for key in node["depends_on"]["nodes"]} - made.keys()
        return tuple(
            _relation(node)
            for node in sorted((everything[key] for key in read), key=lambda node: (node["schema"], node["name"]))
        )

    def marts(self, stages: Collection[Stage]) -> tuple[str, ...]:
        """Names of the marts that are made by these stages."""
        return tuple(
            sorted(node["name"] for node in _models(self.manifest(), stages).values() if node["schema"] == "marts")
        )

    def build(self, *stages: Stage, plan: Plan, views: bool = True) -> tuple[Built, ...]:
        """Build the models of stages between which no gate stands; :class:`RunFailed` when a model's SQL fails.

        Without ``views`` their tables alone: their views stand already, and the models have not changed since.
        """
        selected = [f"tag:{stage}" for stage in stages]
        left_out: list[str] = []
        for stage in stages:
            if self._built_by(stage, plan) - _models(self.manifest(), [stage]).keys():
                selected.append(f"+tag:{stage}")
                left_out += [f"tag:{other}" for other in plan.below(stage)]
        if views:
            nodes = self.manifest()["nodes"]
            of_stages = _models(self.manifest(), stages).keys()
            left_out += sorted(nodes[key]["name"] for key in self._unused & of_stages)
        else:
            left_out.append(f"config.materialized:{VIEW}")
        return self._built(", ".join(map(str, stages)), selected, left_out, are_probed=not views)

    def build_mart(self, name: str) -> tuple[Built, ...]:
        """Build one mart that reads nothing which has to be built before; otherwise as :meth:`build`."""
        return self._built(name, [name], (), are_probed=True)

    def _built(
        self, called: str, selected: Sequence[str], left_out: Sequence[str], *, are_probed: bool
    ) -> tuple[Built, ...]:
        if not self._held:
            self.parse()
        without = [*(("--exclude", *left_out) if left_out else ())]
        probed = {"PERF_CONTRACTS_PROBED": "yes"} if are_probed else {}
        outcome = self._invoke("run", "--no-write-json", "--select", *selected, *without, environment=probed)
        results = getattr(outcome.result, "results", ())
        broken = [result for result in results if str(result.status) != "success"]
        if broken or outcome.exception is not None:
            raise RunFailed(
                f"dbt could not build `{called}` of {self._company.id}",
                [
                    Problem(
                        file=self._file(result.node.original_file_path),
                        field=result.node.name,
                        what=(result.message or f"the model was {result.status}").strip(),
                        todo="correct the model and run again",
                    )
                    for result in broken
                    if str(result.status) != "skipped"
                ]
                or [Problem(what=str(outcome.exception), todo="run `perf-pipelines check` and look at dbt_project/")],
            )
        return tuple(
            Built(
                unique_id=result.node.unique_id,
                name=result.node.name,
                seconds=result.execution_time,
                relation=result.node.relation_name,
            )
            for result in results
            if result.node.resource_type == "model"  # and not the hook
        )

    def compile(self, stages: Sequence[Stage]) -> Path:
        """Write the SQL of these stages and build nothing; the folder below which it lies by the models' paths."""
        self._compile(*(f"tag:{stage}" for stage in stages))
        return self._home.dbt / "target"

    def _compile(self, *selected: str) -> Any:
        if not self._held:
            self.parse()
        outcome = self._invoke("compile", "--no-write-json", "--select", *selected)
        if not outcome.success:
            raise RunFailed(
                f"dbt could not compile the models of {self._company.id}",
                [Problem(what=str(outcome.exception), todo="correct the file that it names")],
            )
        return outcome.result

    def compiled(
        self, wanted: Sequence[str], *, stages: Collection[Stage], given: Collection[str] = ()
    ) -> tuple[CompiledModel, ...]:
        """The models that ``wanted`` are computed by, as the last run compiled them, in order: those of ``stages``.

        With them all views that they read; what other stages keep as tables, and what is ``given``, is left out.
        Nothing is compiled or written. :class:`FileNotFoundError` when dbt's working files have been deleted.
        """
        manifest = self.manifest()
        nodes: Mapping[str, Any] = manifest["nodes"]
        readable = {**nodes, **manifest["sources"]}
        models = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
        names = {stage.name for stage in stages}
        ordered: dict[str, CompiledModel] = {}

        def add(name: str) -> None:
            node = models[name]
            is_kept = node["config"]["materialized"] != VIEW and names.isdisjoint(node["tags"])
            if name in ordered or name in given or is_kept:
                return
            for key in node["depends_on"]["nodes"]:
                if key in nodes:
                    add(nodes[key]["name"])
            reads = tuple(_relation(readable[key]) for key in node["depends_on"]["nodes"])
            select = self._compiled_file(node).read_text()
            ordered[name] = CompiledModel(schema=node["schema"], name=name, select=select, reads=reads)

        for name in wanted:
            add(name)
        return tuple(ordered.values())

    def has_compiled(self, stage: Stage, plan: Plan, *, views: bool = False) -> bool:
        """Whether the SQL of a stage's models, or of its ``views`` alone, lies where it was compiled.

        dbt's files may be deleted at any time.
        """
        nodes: Mapping[str, Any] = self.manifest()["nodes"]
        models = (nodes[key] for key in self.node_ids(stage, plan))
        return all(
            self._compiled_file(model).exists()
            for model in models
            if not views or model["config"]["materialized"] == VIEW
        )

    def _compiled_file(self, node: Mapping[str, Any]) -> Path:
        return self._home.dbt / "target" / "compiled" / "perf" / node["original_file_path"]

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
        return _Parsed(manifest=manifest, plain=plain)

    def _read(self) -> _Parsed:
        outcome = self._invoke("parse")
        if not outcome.success:
            raise RunFailed(
                f"dbt could not read the models of {self._company.id}",
                [Problem(what=str(outcome.exception), todo="correct the file that it names")],
            )
        target = self._home.dbt / "target"
        self._home.parsed.mkdir(parents=True, exist_ok=True)
        for name, suffix in (("manifest.json", "json"), ("partial_parse.msgpack", "msgpack")):
            write_whole(self._kept_file(suffix), (target / name).read_bytes())
        with suppress(FileNotFoundError):  # another company's process throws the oldest away at this moment
            kept = sorted(self._home.parsed.glob("[!.]*"), key=lambda file: file.stat().st_mtime)
            for oldest in kept[: -3 * _PARSED_KEPT]:
                oldest.unlink(missing_ok=True)
        plain = json.loads((target / "manifest.json").read_bytes())
        return _Parsed(manifest=outcome.result, plain=plain)

    def _invoke(self, command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Any:
        from dbt.cli.main import dbtRunner

        if not self._is_linked or not self.project.exists():  # dbt's files may have been deleted meanwhile
            self.link_project()
        arguments = (
            *("--log-level", "none", "--log-level-file", "none", "--no-version-check", "--no-print"),
            command,
            *("--project-dir", str(self.project), "--profiles-dir", str(self.project)),
            *arguments,
        )
        with _environment({**self.environment(), **(environment or {})}):
            runner = dbtRunner(manifest=self._held.manifest if self._held else None)
            try:
                return _on_a_stack_of_its_own(lambda: runner.invoke(list(arguments)))
            finally:
                _close_connection()

    def _file(self, original: str) -> str:
        """A file of the project, as seen from dbt_project/."""
        return original.replace("company/models", self._models, 1)

    def _supplies(self) -> dict[str, Any]:
        """What models ask of the company while they are parsed and compiled, with what its scheme uses."""
        scheme = self._company.scheme
        return {
            "cleaning": {
                staging_model(table): [rule.model_dump(mode="json") for rule in rules]
                for table, rules in self._company.cleaning.items()
            },
            "inputs": list(self._company.inputs),
            "staging": list(self._company.staging),
            "kpis": list(self._company.kpi_ids),
            "aggregations": sorted({kpi.aggregation.kind for kpi in scheme.kpis.values()}),
            "rule_kinds": sorted(
                {rule.kind for versions in scheme.rules.values() for rule, _, _ in version_stretches(versions)}
            ),
        }

    def link_project(self) -> None:
        """Make the dbt project of this company in the state folder: links to dbt_project/ and to the company's models.

        Beside the models lies the macro ``company_supplies``. With the link that
        :meth:`~perf_pipelines.home.CompanyHome.mark_last_run` leaves, bare dbt commands in dbt_project/ find them too.
        """
        company = self._home.dbt / "company"
        (company / "macros").mkdir(parents=True, exist_ok=True)
        write_whole(company / "macros" / "company_supplies.sql", _macro("company_supplies", self._supplies()).encode())
        _link(company / "models", self._company.folder / "models")
        self.project.mkdir(exist_ok=True)
        for name in _PROJECT_FILES:
            _link(self.project / name, DBT_PROJECT / name)
        _link(self.project / "company", Path("..") / "company")
        self._is_linked = True

    @property
    def project(self) -> Path:
        """The folder in which dbt's commands are run for this company."""
        return self._home.dbt / "project"

    def environment(self) -> dict[str, str]:
        """The environment variables with which dbt works on this company's models and warehouse."""
        return {
            "PERF_WAREHOUSE": str(self._home.warehouse),
            "PERF_MEMORY": memory_limit(),
            "DBT_TARGET_PATH": str(self._home.dbt / "target"),
            "DBT_LOG_PATH": str(self._home.dbt / "logs"),
            "DO_NOT_TRACK": "1",
        }


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target, target_is_directory=True)


def _macro(name: str, value: object) -> str:
    """A macro that returns ``value``, which JSON can write."""
    # braces, percent signs and quotes in texts would be taken for Jinja's
    escaped = re.sub(
        r'"(?:[^"\\]|\\.)*"',
        lambda text: re.sub(r"[{}%#']", lambda sign: f"\\u{ord(sign.group()):04x}", text.group()),
        json.dumps(value, sort_keys=True),
    )
    return (
        f"{{#- Written by perf-pipelines from company.yaml and scheme.yaml. -#}}\n{{% macro {name}() -%}}\n"
        f"    {{{{ return(fromjson('{re.sub('}(?=})', '} ', escaped).replace(chr(92), chr(92) * 2)}')) }}}}\n"
        "{%- endmacro %}\n"
    )


def _on_a_stack_of_its_own(call: Callable[[], Any]) -> Any:
    """``call()`` in this thread, where it does not see what called it.

    dbt looks at all frames of the stack for each of its behaviour flags, whenever it starts; within a step of Dagster
    there are many.
    """
    started = greenlet(call)
    started.gr_context = copy_context()
    return started.switch()


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


def _models(manifest: Mapping[str, Any], stages: Collection[Stage]) -> dict[str, Any]:
    """The nodes of the models of these stages."""
    names = {stage.name for stage in stages}
    return {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and not names.isdisjoint(node["tags"])
    }


def _relation(node: Mapping[str, Any]) -> Relation:
    return Relation(
        schema=node["schema"],
        name=node["name"],
        columns={column["name"]: column["data_type"] for column in node["columns"].values() if column["data_type"]},
    )
