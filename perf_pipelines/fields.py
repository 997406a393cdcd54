"""What a field of a YAML document may hold: exact numbers, days, ids, labels.

A field that is refused says so in a sentence for the person who wrote it (:func:`refusal`), not in the words of the
library that checks it.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, cast, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from perf_pipelines import meant

SAID = "said"
"""Type of the pydantic errors that already carry ``what`` and ``todo``."""

UNKNOWN_KIND = "unknown_kind"
"""Type of the pydantic error for a ``kind`` outside its closed list; carries ``given`` and ``known``."""

FIRST_DAY = date(1900, 1, 1)
"""Stands for "from the start" where a day is needed."""

LAST_DAY = date(9999, 12, 31)
"""Stands for "open" where a day is needed."""

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = 40
_LONGEST_ID = 60
_PERCENT = 100


def refusal(what: str, todo: str, *, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """An error for a validator to raise; ``at`` is the faulty place below the value being validated."""
    return PydanticCustomError(SAID, "{what}", {"what": what, "todo": todo, "at": at})


def shown(value: object) -> str:
    """``value`` as it stands in the file, shortened and in one line, for a message."""
    if value is None:
        return "(nothing)"
    if isinstance(value, dict):
        return "a block of `key: value`"
    if isinstance(value, list):
        return "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = " ".join(text.split())
    return f"`{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}`"


def seen(value: object) -> str:
    """``value`` as :func:`shown`, and which of its characters only look like those of a plain keyboard."""
    if isinstance(value, str) and meant.typed(value) is not None:
        return f"{shown(value)}, with {meant.strangers(value)},"
    return shown(value)


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros at the end: ``1.1``, ``20000``."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


class Entry(BaseModel):
    """A block of a document: its keys are a closed list, and it cannot be changed after it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Called:
    """What a field or a kind is called in sentences.

    Of a field an annotation, where its key alone does not say it (scheme/labels.py); of a kind the ``called`` of its
    class.
    """

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Exactly:
    """A number that fits a DECIMAL(``precision``, ``scale``) as it is written; it is refused, never rounded."""

    precision: int
    scale: int
    at_least: Decimal | int | None = None
    above: Decimal | int | None = None
    at_most: Decimal | int | None = None
    below: Decimal | int | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.checked)

    def checked(self, value: object) -> Decimal:
        """``value`` as a decimal in its shortest form."""
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            todo = meant.number(value) if isinstance(value, str) else None
            raise refusal(f"{seen(value)} is not a number", todo or "write it in plain digits, like 12 or 0.35")
        text = plain(Decimal(value))
        whole, _, decimals = text.lstrip("-").partition(".")
        if len(decimals) > self.scale:
            raise refusal(
                f"{shown(value)} has {len(decimals)} decimals" if self.scale else f"{shown(value)} is no whole number",
                f"write it with at most {self.scale} decimals" if self.scale else "write it without decimals",
            )
        if len(whole) > self.precision - self.scale:
            raise refusal(f"{shown(value)} is too large", "use a larger unit, such as thousands")
        number = Decimal(text)
        self._check_range(number)
        return number

    def _check_range(self, number: Decimal) -> None:
        bounds = [
            (self.at_least, "at least", self.at_least is None or number >= self.at_least),
            (self.above, "above", self.above is None or number > self.above),
            (self.at_most, "at most", self.at_most is None or number <= self.at_most),
            (self.below, "below", self.below is None or number < self.below),
        ]
        if not all(kept for _, _, kept in bounds):
            allowed = " and ".join(f"{word} {bound}" for bound, word, _ in bounds if bound is not None)
            in_percent = self.at_most == 1 and 1 < number <= _PERCENT
            share = f": {plain(number / _PERCENT)} for {plain(number)} %" if in_percent else ""
            raise refusal(f"`{plain(number)}` is out of range", f"write a number {allowed}{share}")


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A whole number from ``at_least`` on, up to ``at_most`` or to what fits 32 bits."""

    at_least: int
    at_most: int | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.checked)

    def checked(self, value: object) -> int:
        """``value`` as an int."""
        number = Exactly(precision=9, scale=0, at_least=self.at_least, at_most=self.at_most).checked(value)
        return int(number)


@dataclass(frozen=True)
class ByKind:
    """A closed list of blocks told apart by ``kind``: ``Annotated[A | B, ByKind()]``.

    With ``by_name`` a bare name stands for the block that has nothing but this kind.
    """

    by_name: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        kinds = blocks_by_kind(source)

        def pick(value: object) -> BaseModel:
            if isinstance(value, BaseModel):
                return value
            if isinstance(value, str) and self.by_name:
                value = {"kind": value}
            if not isinstance(value, dict):
                raise refusal(f"{shown(value)} is not a block", f"write {{kind: …}} with one of {', '.join(kinds)}")
            block = cast("dict[str, Any]", value)
            if "kind" not in block:
                if close := difflib.get_close_matches("kind", block, n=1):
                    raise refusal(f"`{close[0]}` is not known here", "did you mean `kind`?", at=(close[0],))
                raise refusal("`kind` is missing", f"add `kind:` with one of {', '.join(kinds)}")
            given = block["kind"]
            if not isinstance(given, str) or given not in kinds:
                raise PydanticCustomError(UNKNOWN_KIND, "", {"given": given, "known": tuple(kinds)})
            return kinds[given].model_validate(block)

        return core_schema.no_info_plain_validator_function(pick)


def blocks_by_kind(union: object) -> dict[str, type[BaseModel]]:
    """The classes of a union by the value of their ``kind``; empty for what is no such union."""
    if get_origin(union) is Annotated:
        union = get_args(union)[0]
    kinds: dict[str, type[BaseModel]] = {}
    for member in get_args(union) or (union,):
        if isinstance(member, type) and issubclass(member, BaseModel) and "kind" in member.model_fields:
            for kind in get_args(member.model_fields["kind"].annotation):
                kinds[kind] = member
    return kinds


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            value = date.fromisoformat(value)
    if not isinstance(value, date):
        raise refusal(f"{seen(value)} is not a day of the calendar", _day_instead(value))
    if not FIRST_DAY < value < date(LAST_DAY.year, 1, 1):
        raise refusal(f"`{value}` is out of range", "leave it out where a line holds from the start or stays open")
    return value


def _day_instead(value: object) -> str:
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    day, month = meant.day(text), meant.month(text)
    if day is not None and str(day) != text:
        return f"write {day}"
    if day is None and month is not None:
        return f"write the day too, like {month}-01"
    if _DAY.fullmatch(text):
        return "write a day that the calendar has"
    return "write year-month-day, like 2017-07-01"


def _identifier(value: object) -> str:
    if isinstance(value, str) and len(value) > _LONGEST_ID:
        raise refusal(f"{shown(value)} is too long for an id", f"use at most {_LONGEST_ID} characters")
    if not isinstance(value, str) or _SNAKE_CASE.fullmatch(value) is None:
        near = re.sub(r"[\s.-]+", "_", (meant.typed(value) or value).strip().lower()) if isinstance(value, str) else ""
        like = f"`{near}`" if _SNAKE_CASE.fullmatch(near) and len(near) <= _SHOWN else "repurchase_rate"
        raise refusal(
            f"{seen(value)} cannot be used as an id",
            f"use small letters a–z, digits and underscores, beginning with a letter, like {like}",
        )
    return value


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise refusal(f"{shown(value)} is not text", "write text, in quotes if it looks like a number or a day")
    if not value.strip():
        raise refusal("the text is empty", "write something, or leave the key out if it is optional")
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in value):
        raise refusal("the text has characters that cannot be seen", "type it again without them")
    return value


def _currency(value: object) -> str:
    if not isinstance(value, str) or _CURRENCY.fullmatch(value) is None:
        raise refusal(f"{seen(value)} is not a currency", "write its three capital letters (ISO 4217), like CNY")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Identifier = Annotated[str, BeforeValidator(_identifier)]
Currency = Annotated[str, BeforeValidator(_currency)]
Text = Annotated[str, BeforeValidator(_text), StringConstraints(strip_whitespace=True)]

Share = Annotated[Decimal, Exactly(precision=9, scale=6, at_least=0, at_most=1)]
"""0 … 1."""


class Label(Entry):
    """A name in both languages."""

    zh: Annotated[Text, Called("中文", "in Chinese")]
    en: Annotated[Text, Called("英文", "in English")]


def _label_or_text(value: object) -> object:
    if isinstance(value, (dict, Label)):
        return cast("object", value)
    text = _text(value)
    return {"zh": text, "en": text}


LabelOrText = Annotated[Label, BeforeValidator(_label_or_text)]
"""A name in both languages, or one text that is written alike in both."""
