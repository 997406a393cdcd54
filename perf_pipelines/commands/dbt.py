"""``perf-pipelines dbt``: dbt's own commands on one company's models and warehouse."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from perf_pipelines.commands.options import CompanyOption  # noqa: TC001 - typer reads it
from perf_pipelines.errors import Problem, RunFailed

_WITHOUT_WAREHOUSE = frozenset({"ls", "list", "parse", "deps", "clean", "--version", "--help"})
"""Commands that ask nothing of a warehouse."""


def dbt(
    company: CompanyOption,
    arguments: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND …", help="dbt's command with its options, like `-- ls`.")
    ],
) -> None:
    """Run a dbt command on a company's models and warehouse: `perf-pipelines dbt --company crm_sales -- build`.

    Whatever it changes has passed no gate: nothing is published before `perf-pipelines run` has checked it. The company
    is held meanwhile, as it is by a run.
    """
    from perf_pipelines.defs.companies import closing_of

    closing = closing_of(company)
    with closing.locked():
        if not closing.warehouse.path.exists() and arguments[0] not in _WITHOUT_WAREHOUSE:
            raise RunFailed(
                f"dbt {arguments[0]} needs the warehouse of {company}",
                [Problem(what="nothing has been run yet", todo=f"run `perf-pipelines run --company {company}` first")],
            )
        closing.dbt.link_project()
        program = Path(sys.executable).with_name("dbt")
        ended = subprocess.run(
            [str(program), *arguments],
            cwd=closing.dbt.project,
            env={**os.environ, **closing.dbt.environment()},
            check=False,
        )
    raise typer.Exit(ended.returncode)
