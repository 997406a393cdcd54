"""The two languages in which everything that people read exists."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """Language of names and sentences."""

    zh = "zh"
    en = "en"
