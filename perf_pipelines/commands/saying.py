"""What commands say on the screen, as it is: no square bracket in a name is taken for a style."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from perf_pipelines.wording import Language


def say(text: str) -> None:
    """Print it as one paragraph, which the terminal breaks into lines."""
    Console().print(Text(text), soft_wrap=True)


def remark(text: str) -> None:
    """Print what is to be known beside a result: on standard error, so that no program takes it for one."""
    Console(stderr=True).print(Text(f"! {text}", style="yellow"), soft_wrap=True)


def beside_the_computed(grade: str, computed: str | None, language: Language) -> str:
    """A grade, with the computed one beside it where somebody has given another."""
    if computed in {None, grade}:
        return grade
    return f"{grade}（计算等级：{computed}）" if language is Language.zh else f"{grade} (computed: {computed})"
