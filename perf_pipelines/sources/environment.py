"""Addresses and secrets: from environment variables, and never into a message."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from perf_pipelines.errors import Problem, SourceRefused

if TYPE_CHECKING:
    from perf_pipelines.sources.config import FromEnvironment

_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")


def from_environment(value: FromEnvironment, *, system_id: str, field: str) -> str:
    """The variable's value; :class:`SourceRefused` by its name when it is not set or empty."""
    found = os.environ.get(value.env, "")
    if not found:
        raise SourceRefused(
            f"{system_id} cannot be reached",
            [
                Problem(
                    file="sources.yaml",
                    field=f"systems.{system_id}.{field}",
                    what=f"the environment variable {value.env} is not set",
                    todo=f"set {value.env} where the pipeline runs",
                )
            ],
        )
    return found


def without_secrets(text: str, *secrets: str) -> str:
    """``text`` without these values and the passwords of addresses in it, on one line."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return _PASSWORD.sub(r"\1:…@", " ".join(text.split()))
