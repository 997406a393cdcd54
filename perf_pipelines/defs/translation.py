"""dbt's models and sources as Dagster's assets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, build_dbt_asset_specs

from perf_pipelines.closing import EXPECTATIONS
from perf_pipelines.defs.site import Site
from perf_pipelines.errors import Problem
from perf_pipelines.gates import ExpectationsRefused, load_gate
from perf_pipelines.periods import Cycle
from perf_pipelines.plan import Stage
from perf_pipelines.warehouse.dbt import VIEW

_OURS = frozenset({"scheme", "control"})
"""dbt sources that the pipeline itself writes; every other is a business system."""


class Translator(DagsterDbtTranslator):
    """Names a company's dbt nodes, as if each stood once; :class:`Lineage` puts in the cycle."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._site = site

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            source, table = dbt_resource_props["source_name"], dbt_resource_props["name"]
            return self._site.key(*([source, table] if source in _OURS else ["raw", source, table]))
        return self._site.key(dbt_resource_props["schema"], dbt_resource_props["name"])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return None

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        return self._site.owners


def group_name(stage: str, cycle: Cycle | None) -> str:
    """Name of an asset group: the stage, after the cycle where it is built once a period."""
    return stage if cycle is None else f"{cycle}_{stage}"


class Lineage:
    """A company's models as asset specs, with what each reads.

    Tables are built by a run; views of inputs, KPIs and gates are shown as assets that no run materializes. A view
    between tables (``models/intermediate``) is no asset: what reads it depends on what it reads. Neither is
    ``control``: which period is being closed is the partition here.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        manifest = site.closing.dbt.manifest()
        self._nodes: Mapping[str, Mapping[str, Any]] = {
            key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
        }
        self._sources: Mapping[str, Mapping[str, Any]] = manifest["sources"]
        self._specs = {
            spec.metadata["dagster_dbt/unique_id"]: spec
            for spec in build_dbt_asset_specs(manifest=manifest, dagster_dbt_translator=Translator(site))
            if spec.metadata.get("dagster_dbt/unique_id") in self._nodes
        }
        self._stage_of: dict[str, Stage] = {
            node: stage for stage in site.plan.closing for node in site.closing.dbt.node_ids(stage, site.plan)
        }
        self._ids = {node["name"]: key for key, node in self._nodes.items()}

    def tables(self, stage: Stage, cycle: Cycle | None) -> list[dg.AssetSpec]:
        """The tables that a stage builds, in an order in which each stands behind what it reads."""
        return [self._spec(key, cycle) for key in self._ordered(stage) if not self._is_view(key)]

    def views(self, stage: Stage, cycle: Cycle | None) -> list[dg.AssetSpec]:
        """The views of a stage that are shown as assets."""
        return [
            self._spec(key, cycle)
            for key in self._ordered(stage)
            if self._is_view(key) and not self._is_looked_through(key)
        ]

    def frames(self, stage: Stage, cycle: Cycle | None) -> list[dg.AssetKey]:
        """Keys of the relations that the gate behind a stage reads; none where no gate stands behind it."""
        if stage.gate is None:
            return []
        suite = load_gate(EXPECTATIONS / f"{stage.gate}.yaml")
        unknown = [table for table in suite.tables if table not in self._ids]
        if unknown:
            raise ExpectationsRefused(
                f"{stage.gate} reads what does not exist",
                [
                    Problem(
                        file=suite.file,
                        line=suite.tables[table].line,
                        field=table,
                        what=f"there is no model `{table}`",
                        todo="write the model under dbt_project/models/gates/, or take the table out",
                    )
                    for table in unknown
                ],
            )
        return [self._key(self._ids[table], cycle) for table in suite.tables]

    def kpi_views(self) -> list[dg.AssetKey]:
        """Keys of the KPI models, one view a KPI."""
        return [self._key(key, None) for key in self._stage_of if self._nodes[key]["schema"] == "kpis"]

    def scheme(self) -> list[dg.AssetSpec]:
        """The tables that the scheme becomes, as assets that nobody materializes: a person edits scheme.yaml."""
        translator = Translator(self._site)
        return [
            dg.AssetSpec(
                key=translator.get_asset_key(source),
                description=f"{source['description']} From companies/{self._site.company.id}/scheme.yaml.",
                group_name="scheme",
                owners=self._site.owners,
                kinds={"yaml"},
            )
            for source in self._sources.values()
            if source["source_name"] == "scheme"
        ]

    def _spec(self, key: str, cycle: Cycle | None) -> dg.AssetSpec:
        stage = self._stage_of[key]
        return self._specs[key].replace_attributes(
            key=self._key(key, cycle), deps=self._deps(key, cycle), group_name=self._group(key, stage, cycle)
        )

    def _group(self, key: str, stage: Stage, cycle: Cycle | None) -> str:
        """The group of a model: its stage, of which what would make it too large to be read has a group of its own."""
        node = self._nodes[key]
        match node["schema"]:
            case "staging":
                return "staging"
            case "gates":
                return group_name(f"{stage}_gate", cycle)
            case "inputs" if node["name"].startswith("company_"):
                return "company_inputs"
            case "marts" if not stage.by_period:
                return "dimensions"
            case _:
                return group_name(stage.name, cycle if stage.by_period else None)

    def _deps(self, key: str, cycle: Cycle | None) -> list[dg.AssetDep]:
        found: dict[dg.AssetKey, dg.AssetDep] = {}
        waiting = list(self._nodes[key]["depends_on"]["nodes"])
        seen: set[str] = set()
        while waiting:
            read = waiting.pop(0)
            if read in seen:
                continue
            seen.add(read)
            if read in self._sources:
                if self._sources[read]["source_name"] != "control":
                    source = Translator(self._site).get_asset_key(self._sources[read])
                    found[source] = dg.AssetDep(source)
            elif self._is_looked_through(read):
                waiting.extend(self._nodes[read]["depends_on"]["nodes"])
            elif read in self._stage_of:  # and not a KPI that nobody uses
                own = self._key(read, cycle)
                found[own] = dg.AssetDep(own)
        return list(found.values())

    def _key(self, key: str, cycle: Cycle | None) -> dg.AssetKey:
        node, stage = self._nodes[key], self._stage_of.get(key)
        return self._site.key(node["schema"], node["name"], cycle=cycle if stage and stage.by_period else None)

    def _ordered(self, stage: Stage) -> Iterable[str]:
        pending = {key: set(self._reads(key)) for key, its in self._stage_of.items() if its == stage}
        while pending:
            ready = sorted(key for key, reads in pending.items() if not reads & pending.keys())
            yield from ready
            for key in ready:
                del pending[key]

    def _reads(self, key: str) -> Iterable[str]:
        return self._nodes[key]["depends_on"]["nodes"]

    def _is_view(self, key: str) -> bool:
        return self._nodes[key]["config"]["materialized"] == VIEW

    def _is_looked_through(self, key: str) -> bool:
        return self._nodes[key]["fqn"][1] == "intermediate" and self._is_view(key)
