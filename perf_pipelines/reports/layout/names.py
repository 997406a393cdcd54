"""Names of files from ids, whatever stands in an id."""

from __future__ import annotations

import hashlib
import re

_OTHER = re.compile(r"[^\w.-]+")
_LONGEST = 80


def file_name(member_id: str) -> str:
    """The id where a file may be called so; else what is left of it, with a hash that tells it apart."""
    kept = _OTHER.sub("_", member_id).strip(".")[:_LONGEST]
    if kept and kept == member_id:
        return member_id
    return f"{kept}-{hashlib.sha256(member_id.encode()).hexdigest()[:8]}"
