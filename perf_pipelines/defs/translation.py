"""dbt's models and tests as Dagster's assets and checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject
from dagster_dbt.asset_utils import build_dbt_specs

from perf_pipelines.closing import EXPECTATIONS
from perf_pipelines.defs.promises import promise_of
from perf_pipelines.defs.site import Site
from perf_pipelines.errors import Problem
from perf_pipelines.gates import ExpectationsRefused, load_gate
from perf_pipelines.periods import Cycle
from perf_pipelines.warehouse.dbt import Floor

UNPARTITIONED = frozenset({Floor.INPUTS, Floor.KPIS})
"""Floors that are built once for all periods."""

_OURS = frozenset({"scheme", "control"})
"""dbt sources that the pipeline itself writes; every other is a business system."""


class Translator(DagsterDbtTranslator):
    """Names a company's dbt nodes; floors behind the KPIs stand once for each cycle."""

    def __init__(self, site: Site, cycle: Cycle | None) -> None:
        super().__init__()
        self._site = site
        self._cycle = cycle

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            source, table = dbt_resource_props["source_name"], dbt_resource_props["name"]
            return self._site.key(*([source, table] if source in _OURS else ["raw", source, table]))
        cycle = None if _floor(dbt_resource_props) in UNPARTITIONED else self._cycle
        return self._site.key(dbt_resource_props["schema"], dbt_resource_props["name"], cycle=cycle)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        floor = _floor(dbt_resource_props)
        if floor is None:
            return None
        return group_name(self._site, floor, self._cycle)

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        check = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if check is None or check.description:
            return check
        return dg.AssetCheckSpec(
            name=check.name,
            asset=check.asset_key,
            description=promise_of(manifest["nodes"][unique_id]),
            additional_deps=check.additional_deps,
            blocking=check.blocking,
            metadata=check.metadata,
        )

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        return self._site.owners


def group_name(site: Site, floor: str, cycle: Cycle | None) -> str:
    """Name of an asset group: the floor, and the cycle where it is built once a period."""
    return site.name(floor if floor in UNPARTITIONED or cycle is None else f"{cycle}_{floor}")


def dbt_specs(
    site: Site, floor: Floor, cycle: Cycle | None
) -> tuple[Sequence[dg.AssetSpec], Sequence[dg.AssetCheckSpec]]:
    """Asset and check specs of one floor. Checks block: what stands behind a broken promise is not made.

    An intermediate view holds nothing that could be looked at or be out of date, so it is no asset; what reads it
    depends on what it reads.
    """
    manifest = site.closing.dbt.manifest()
    inside = {key: node for key, node in manifest["nodes"].items() if _is_intermediate_view(node)}
    translator = Translator(site, cycle)
    specs, checks = build_dbt_specs(
        translator=translator,
        manifest=manifest,
        select=f"tag:{floor}",
        exclude=" ".join(site.closing.dbt.left_out(floor)),
        selector="",
        io_manager_key=None,
        project=None,
    )
    others = {**manifest["nodes"], **manifest["sources"]}
    behind = {translator.get_asset_key(node): _read_through(key, inside, others) for key, node in inside.items()}

    def looked_through(dep: dg.AssetDep) -> list[dg.AssetDep]:
        if dep.asset_key not in behind:
            return [dep]
        return [dg.AssetDep(translator.get_asset_key(props)) for props in behind[dep.asset_key]]

    shown = [
        _without_control(
            spec.replace_attributes(
                deps=list({dep.asset_key: dep for each in spec.deps for dep in looked_through(each)}.values())
            )
        )
        for spec in specs
        if spec.key not in behind
    ]
    return shown, [check for check in checks if check.asset_key not in behind]


def scheme_specs(site: Site) -> list[dg.AssetSpec]:
    """The tables that the scheme becomes, as assets that nobody materializes: a person edits scheme.yaml."""
    translator = Translator(site, None)
    return [
        dg.AssetSpec(
            key=translator.get_asset_key(source),
            description=f"{source['description']} From companies/{site.company.id}/scheme.yaml.",
            group_name=site.name("scheme"),
            owners=site.owners,
            kinds={"yaml"},
        )
        for source in site.closing.dbt.manifest()["sources"].values()
        if source["source_name"] == "scheme"
    ]


def _without_control(spec: dg.AssetSpec) -> dg.AssetSpec:
    # which period is being closed is the partition here, not an asset
    return spec.replace_attributes(deps=[dep for dep in spec.deps if "control" not in dep.asset_key.path])


def gate_keys(site: Site, gate: str, cycle: Cycle | None) -> Sequence[dg.AssetKey]:
    """Asset keys of the relations that a gate looks at, in the suite's order."""
    translator = Translator(site, cycle)
    nodes = {
        node["name"]: node for node in site.closing.dbt.manifest()["nodes"].values() if node["resource_type"] == "model"
    }
    suite = load_gate(EXPECTATIONS / f"{gate}.yaml")
    unknown = [table for table in suite.tables if table not in nodes]
    if unknown:
        raise ExpectationsRefused(
            f"{gate} looks at what does not exist",
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
    return [translator.get_asset_key(nodes[table]) for table in suite.tables]


def _is_intermediate_view(node: Mapping[str, Any]) -> bool:
    return (
        node["resource_type"] == "model"
        and node["fqn"][1] == "intermediate"
        and node["config"]["materialized"] == "view"
    )


def _read_through(
    view: str, inside: Mapping[str, Mapping[str, Any]], others: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The models and sources that a view reads, through views that are no assets either."""
    read: dict[str, Mapping[str, Any]] = {}
    waiting = [view]
    while waiting:
        for key in inside[waiting.pop()]["depends_on"]["nodes"]:
            if key in inside:
                waiting.append(key)
            else:
                read[key] = others[key]
    return list(read.values())


def _floor(dbt_resource_props: Mapping[str, Any]) -> Floor | None:
    floors = [Floor(tag) for tag in dbt_resource_props.get("tags", []) if tag in set(Floor)]
    return floors[0] if floors else None
