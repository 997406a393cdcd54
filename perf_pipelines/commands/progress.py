"""What the steps of a run say of themselves while a command waits for them."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def progress_shown() -> Generator[None]:
    """Show what the steps say of themselves, with the seconds since the start, and at the end what they warn of."""
    console = Console(stderr=True)
    handler = _StepHandler(console)
    logger = logging.getLogger("perf_pipelines")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # dlt gives the root logger a handler, which would say everything again
    try:
        if not console.is_terminal:  # where nothing moves, nothing would be said for the first half minute
            logger.info("starting")
        with console.status("starting …"):
            yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
        for warning in handler.warnings:
            console.print(Text(f"! {warning}", style="yellow"), soft_wrap=True)


class _StepHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self.warnings: list[str] = []
        self._console = console
        self._started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self.warnings.append(record.getMessage())
            return
        self._console.print(Text(f"{time.monotonic() - self._started:6.1f} s  {record.getMessage()}"))
