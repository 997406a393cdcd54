"""What somebody meant who wrote a number, a day or a word in another way than a document needs it.

Nothing is read by these rules: they only say what to write instead. Each function gives ``None`` where it is not plain
what was meant.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPED: Mapping[str, str] = {
    "、": ",",
    "。": ".",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "【": "[",
    "】": "]",
    "〔": "[",
    "〕": "]",
    "–": "-",
    "—": "-",
    "−": "-",
    "‐": "-",
    "﹣": "-",
    "·": ".",
    "￥": "¥",
    # letters of the Cyrillic alphabet that look like Latin ones
    "а": "a",
    "е": "e",
    "о": "o",
    "р": "p",
    "с": "c",
    "у": "y",
    "х": "x",
    "і": "i",
    "К": "K",
    "М": "M",
    "Т": "T",
    "О": "O",
    "С": "C",
    "Е": "E",
    "А": "A",
}
"""The character on a plain keyboard, beside those of full width (U+FF01 to U+FF5E), spaces and invisible ones."""

_LARGEST_SHOWN = 3
_LONGEST_READ = 60
_TIMES: Mapping[str, int] = {"千": 1_000, "万": 10_000, "百万": 1_000_000, "亿": 100_000_000, "k": 1_000, "K": 1_000}
_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_PLAIN = re.compile(_NUMBER)
_PERCENT = re.compile(rf"({_NUMBER}) ?%")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:([,_ '])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?(?:0,[0-9]+|[0-9]+,[0-9]{1,2})")
_MULTIPLIED = re.compile(rf"({_NUMBER}) ?(千|百万|万|亿|[kK])")
_WITH_UNIT = re.compile(rf"[^0-9.+-]{{0,4}} ?({_NUMBER}) ?[^0-9.]{{0,6}}")
_DAYS = (
    re.compile(r"(?P<year>[0-9]{4})([-/. ])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?[日号]"),
    re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"),
)
_MONTHS = (
    re.compile(r"(?P<year>[0-9]{4})[-/. ]?(?P<month>[0-9]{1,2})"),
    re.compile(r"(?P<year>[0-9]{4}) ?年 ?(?P<month>[0-9]{1,2}) ?月"),
)
_YES = frozenset({"yes", "y", "on", "true", "1", "是", "对", "√"})
_NO = frozenset({"no", "n", "off", "false", "0", "否", "不", "×"})


def typed(text: str) -> str | None:
    """``text`` in the characters of a plain keyboard; ``None`` when it is so already, or others remain in it."""
    written = "".join(map(_typed, text)).strip()
    if written == text or not written.isascii() or not written.isprintable():
        return None
    return re.sub(r":(?=[^\s/])", ": ", re.sub(r",(?=[^\s0-9])", ", ", written))


def strangers(text: str) -> str:
    """The characters that :func:`typed` replaces, with their names, for a message; the first few of many."""
    found = [each for each in dict.fromkeys(text) if _typed(each) != each]
    said = ", ".join(_introduced(each) for each in found[:_LARGEST_SHOWN])
    return f"{said} and others" if len(found) > _LARGEST_SHOWN else said


def is_invisible(character: str) -> bool:
    """Whether it leaves no trace on the screen: a mark of direction or byte order, a space without width."""
    return unicodedata.category(character) == "Cf"


def number(text: str) -> str | None:
    """What to do about ``text`` where a number has to stand."""
    if len(text) > _LONGEST_READ:
        return None
    text = "".join(map(_typed, text)).strip().strip("\"'").strip()
    if match := _PERCENT.fullmatch(text):
        return f"write it as a share of 1: {_plain(Decimal(match[1]) / 100)}"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"write it with a point: {_plain(Decimal(text.replace(',', '.')))}"
    if _GROUPED.fullmatch(text):
        return f"write it without a separator between thousands: {_plain(Decimal(re.sub('[^-+0-9.]', '', text)))}"
    if match := _MULTIPLIED.fullmatch(text):
        return f"write it in full: {_plain(Decimal(match[1]) * _TIMES[match[2]])}"
    if _PLAIN.fullmatch(text):
        return f"write it in plain digits and without quotes: {_plain(Decimal(text))}"
    if match := _WITH_UNIT.fullmatch(text):
        return f"write the number alone: {match[1]}"
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    small = value.is_finite() and abs(value.adjusted()) <= _LONGEST_READ
    return f"write it in plain digits: {_plain(value)}" if small else None


def day(text: str) -> date | None:
    """The day that ``text`` is, written in another way."""
    match = _match(text, _DAYS)
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None


def month(text: str) -> str | None:
    """The month that ``text`` is or the day lies in, as ``2017-03``."""
    match = _match(text, _MONTHS)
    if match and 1 <= int(match["month"]) <= 12:
        return f"{match['year']}-{int(match['month']):02d}"
    within = day(text)
    return f"{within:%Y-%m}" if within else None


def truth(text: str) -> bool | None:
    """Whether ``text`` says yes or no."""
    said = text.strip().lower()
    return True if said in _YES else False if said in _NO else None


def _match(text: str, patterns: tuple[re.Pattern[str], ...]) -> re.Match[str] | None:
    written = "".join(map(_typed, text[:_LONGEST_READ])).strip()
    return next((match for each in patterns if (match := each.fullmatch(written))), None)


def _typed(character: str) -> str:
    if "！" <= character <= "～":
        return _TYPED.get(character) or chr(ord(character) - 0xFEE0)
    if is_invisible(character):
        return ""
    if unicodedata.category(character) == "Zs":
        return " "
    return _TYPED.get(character, character)


def _introduced(character: str) -> str:
    name = unicodedata.name(character, "").lower().replace("fullwidth", "full-width")
    seen = f"U+{ord(character):04X}" if is_invisible(character) or character.isspace() else f"`{character}`"
    return f"{seen} ({name})" if name else seen


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
