"""Chance that is the same for the same seed: one stream for each name, so that one table's draws move no other's."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """The stream of ``name``."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))
