"""Options that more than one command has, and what all of them refuse."""

from __future__ import annotations

from typing import Annotated

import typer

from perf_pipelines.home import served_companies
from perf_pipelines.wording import Language


def _the_company() -> str:
    first, *others = served_companies()
    if others:
        raise typer.BadParameter(f"PERF_COMPANY names {', '.join([first, *others])}: say which one with --company")
    return first


CompanyOption = Annotated[
    str,
    typer.Option(
        "--company",
        "-c",
        default_factory=_the_company,
        show_default="the one that PERF_COMPANY names, else xx_ecommerce",
        help="Folder name under companies/.",
    ),
]
PeriodOption = Annotated[
    str, typer.Option("--period", "-p", help="Like 2017-03, 2017-Q1, 2017-H1, 2017, 2017-W14 or 2017-01-02-14d.")
]
ByOption = Annotated[str, typer.Option("--by", help="Your name; it is recorded.")]
LanguageOption = Annotated[Language, typer.Option("--language", "-l", help="Language of names and sentences.")]


def given(option: str, text: str) -> str:
    """The name or reason that was given, without space around it; refused when a reader would see nothing of it."""
    from perf_pipelines.records.people import says_something

    if not says_something(text):
        raise typer.BadParameter(f"{option} is empty: a decision has a name and a reason")
    return text.strip()
