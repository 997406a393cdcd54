"""What pay refuses."""

from __future__ import annotations

from typing import ClassVar

from perf_pipelines.errors import PerfError


class PayRefused(PerfError):
    """It cannot be approved, posted, sealed or reopened as asked; nothing was recorded."""

    exit_code: ClassVar[int] = 11
