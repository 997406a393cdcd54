"""Companies and their state, read once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from perf_pipelines.closing import Closing
from perf_pipelines.company import Company, company_folder, load_company, load_scheme
from perf_pipelines.home import CompanyHome, companies_root, company_home
from perf_pipelines.scheme.model import Scheme
from perf_pipelines.warehouse.dbt import DBT_PROJECT, input_models, kpi_models


def read_company(name: str) -> Company:
    """The company of that name; :class:`~perf_pipelines.errors.CompanyRefused` with all that is wrong with it."""
    return _read(companies_root(), name)


def read_scheme(path: Path, company: Company) -> Scheme:
    """Another scheme for ``company``, refused for all that its own would be refused for."""
    return load_scheme(path, company=company, kpi_models=_project_kpis())


def closing_of(name: str) -> Closing:
    """The company and its state; one object for each folder and state, so that dbt's manifest is held."""
    return _closing(companies_root(), company_home(name))


@cache
def _closing(root: Path, home: CompanyHome) -> Closing:
    return Closing(company=_read(root, home.root.name), home=home)


def _read(root: Path, name: str) -> Company:
    return load_company(company_folder(root, name), kpi_models=_project_kpis(), inputs=input_models())


def _project_kpis() -> frozenset[str]:
    return kpi_models(DBT_PROJECT / "models" / "kpis")
