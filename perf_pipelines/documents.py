"""YAML documents whose fields know their line.

Of YAML only what a configuration needs is read: blocks, lists, text, numbers, days, true and false, nothing. Numbers
are exact (:class:`~decimal.Decimal`, read from their text); ``yes`` and ``on`` are text; anchors, aliases and tags are
refused. Whatever is wrong with a text, the outcome is a :class:`~perf_pipelines.errors.CompanyRefused`.
"""

from __future__ import annotations

import codecs
import difflib
import re
import types
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, cast, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError, create_model

from perf_pipelines.errors import CompanyRefused, Problem
from perf_pipelines.fields import SAID, UNKNOWN_KIND, blocks_by_kind, seen, shown
from perf_pipelines.meant import is_invisible, number, strangers, truth, typed
from perf_pipelines.yaml_syntax import conflict_problem, syntax_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

Loc = tuple[str | int, ...]
"""A place in a document: keys and indices from the top, as in pydantic's ``loc``."""

Finding = tuple[Loc, str, str]
"""What a check found: place, what is wrong, what to do."""

M = TypeVar("M", bound=BaseModel)

MOST_TOLD = 100
"""How many faults of a file are told at once; behind so many there is one that explains them all."""

_LARGEST_BYTES = 1_000_000
_DEEPEST = 20
_MOST_NAMES = 20
_MOST_COMPARED = 1000
_LONGEST_PART = 60
_KEYS_SHOWN = 4
_GROUP = 3
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]{0,30}|[-+]?\.[0-9]{1,30}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[0-9]+(\.[0-9]+)?")
_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")
_COMMENT = re.compile(r"[ \t]*#([^ \t\r\n][^\r\n]*)")
"""Without a space behind the #, with which one is written that is meant as a comment."""

_NO_BLOCK = frozenset({"model_type", "dict_type"})
_GLUED = re.compile(r"([^:：]+)[:：]\s*(\S.*)", re.DOTALL)
_WORDS: Mapping[str, bool | None] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "": None,
    "~": None,
    "null": None,
}


@dataclass(frozen=True, kw_only=True)
class Document:
    """Plain data, and the line of each of its places. ``file`` is ``<parent>/<folder>/<name>``.

    ``comments``: what stands behind a value without quotes and a ``#``, and may be meant as a part of it.
    """

    file: str
    data: Mapping[str, object]
    lines: Mapping[Loc, int]
    comments: Mapping[Loc, str]

    def line(self, loc: Loc) -> int:
        """Line of the deepest part of ``loc`` that the document has (1-based)."""
        return self.lines[next(loc[:end] for end in range(len(loc), -1, -1) if loc[:end] in self.lines)]

    def at(self, loc: Loc) -> object:
        """What stands at a place; None where nothing does."""
        return _child(_within(self.data, loc[:-1]), loc[-1]) if loc else self.data

    def problem(self, loc: Loc, what: str, todo: str) -> Problem:
        """A problem at that place."""
        return Problem(file=self.file, line=self.line(loc), field=field_name(loc) or None, what=what, todo=todo)

    def validated(self, model: type[M]) -> M:
        """The document as a model; :class:`CompanyRefused` with every field that is wrong."""
        try:
            return model.model_validate(dict(self.data))
        except ValidationError as error:
            raise refused(self._problems(model, error)) from error

    def sound_part(self, model: type[M], *, divisible: Collection[str]) -> tuple[M, frozenset[str]]:
        """The model with the sections that are valid, and the names of those that it lacks.

        So that checks between fields can run on what can be read even when something else is wrong. In a
        ``divisible`` section only the faulty entries are left out.
        """
        sound: dict[str, object] = {}
        for name, field in model.model_fields.items():
            key = field.alias or name
            section = _section(name, field)
            given = {key: self.data[key]} if key in self.data else {}
            try:
                sound[name] = getattr(section.model_validate(given), name)
            except ValidationError as error:
                entries = _without(self.data.get(key), {each["loc"][1] for each in _errors(error) if each["loc"][1:]})
                if key in divisible and entries:
                    sound[name] = getattr(section.model_validate({key: entries}), name)
        unsound = frozenset(model.model_fields) - sound.keys()
        return model.model_construct(None, **sound), unsound

    def _problems(self, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
        data = dict(self.data)
        errors = _errors(error)
        misspelt = _misspelt(model, data, errors)
        displaced = _displaced(model, data, errors)
        torn = list(self._torn(errors, misspelt))
        yield from (self.problem(*finding) for _, finding in torn)
        told = {place for places, _ in torn for place in places}
        # what is missing because it is misspelt or stands elsewhere is told once, there
        consequences = {(*loc[:-1], key) for loc, key in misspelt.items()}
        consequences |= {(*block, loc[-1]) for loc, block in displaced.items()}
        incomplete = set(displaced.values())
        for each in errors:
            place = _place(each)
            if place in displaced:
                yield self.problem(place, *_belongs_inside(place, displaced[place]))
            elif each["input"] is None and place in self.comments and place not in incomplete:
                what = "nothing is read here, because what stands behind a # is a comment"
                yield self.problem(place, what, f"{_in_quotes(f'#{self.comments[place]}')}; or take the # out")
            elif not (
                place in told
                or (each["type"] == "missing" and place in consequences)
                or (place in incomplete and _is_about_all(each))
            ):
                yield self.problem(*_in_words(model, data, each, misspelt))

    def _torn(
        self, errors: Sequence[ErrorDetails], misspelt: Mapping[Loc, str]
    ) -> Iterator[tuple[tuple[Loc, ...], Finding]]:
        """Each text that a comma inside { … } has parted: the places that it is read as, and what to tell."""
        unknown = {_place(each): None for each in errors if each["type"] == "extra_forbidden" and each["input"] is None}
        for block in dict.fromkeys(loc[:-1] for loc in unknown):
            data = _within(self.data, block)
            parts = {
                key
                for key in data
                if (*block, key) in unknown and not _GLUED.fullmatch(key) and misspelt.get((*block, key), key) in data
            }
            runs: list[list[str]] = []
            for key in data:
                if runs and key in parts and self.line((*block, key)) == self.line((*block, runs[-1][0])):
                    runs[-1].append(key)
                else:
                    runs.append([key])
            for first, *others in runs:
                value = data[first]
                if others and isinstance(value, (str, int, Decimal)) and not isinstance(value, bool):
                    places = tuple((*block, key) for key in (first, *others))
                    yield places, (places[0], *_parted([str(value), *others]))


def read_document(path: Path) -> Document:
    """The YAML file at ``path``; :class:`CompanyRefused` when it is missing, not UTF-8 or not such a document."""
    file = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    try:
        raw = path.read_bytes()
    except OSError as error:
        what, todo = _unreadable(path)
        raise refused([Problem(file=file, what=what, todo=todo)]) from error
    if len(raw) > _LARGEST_BYTES:
        raise refused([Problem(file=file, what="the file is larger than 1 MB", todo="keep only the configuration")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise refused([Problem(file=file, line=line, **_not_utf_8(raw))]) from error
    return parse_document(text, file=file)


def parse_document(text: str, *, file: str) -> Document:
    """The document that ``text`` is; :class:`CompanyRefused` when it is none."""
    if conflict := conflict_problem(file, text):
        raise refused([conflict])
    reader = _Reader(file)
    try:
        data = reader.read(text)
    except yaml.YAMLError as error:
        raise refused([syntax_problem(file, text, error)]) from error
    except (ValueError, OverflowError) as error:
        # PyYAML's scanner lets these through, for instance for "\UFFFFFFFF"
        line = next((index for index, said in enumerate(text.splitlines(), start=1) if "\\" in said), 1)
        what = "a backslash inside double quotes names a character that does not exist"
        todo = "write single quotes around the text, or two backslashes"
        raise refused([Problem(file=file, line=line, what=what, todo=todo)]) from error
    if reader.problems:
        raise refused(reader.problems)
    if not isinstance(data, dict):
        found = "the file is empty" if data is None else f"the file is {shown(data)}, and no block of `key: value`"
        raise refused([Problem(file=file, line=1, what=found, todo="begin with lines like `key: value`")])
    return Document(file=file, data=cast("dict[str, object]", data), lines=reader.lines, comments=reader.comments)


def field_name(loc: Loc) -> str:
    """A place as people write it: ``positions.sales_agent[0].weight``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{_short(part)}" for part in loc).lstrip(".")


def nearest(name: object, known: Iterable[str]) -> str:
    """What to do about a name that is not known: the nearest one, or all there are."""
    names = sorted(known)
    if close := closest(name, names):
        return f"did you mean `{close}`?"
    more = f" or {len(names) - _MOST_NAMES} others" if len(names) > _MOST_NAMES else ""
    return f"use one of {', '.join(names[:_MOST_NAMES])}{more}" if names else "take it out"


def closest(name: object, known: Collection[str]) -> str | None:
    """The one of the known names that ``name`` was probably meant to be, if there is one near."""
    if len(known) > _MOST_COMPARED:
        return None
    written = str(name)[:_LONGEST_PART]
    same = [each for each in known if each.lower() == written.lower()]
    close = same or difflib.get_close_matches(written, known, n=1, cutoff=0.6)
    return close[0] if close else None


def refused(problems: Iterable[Problem]) -> CompanyRefused:
    """The refusal of a document: its problems, at most :data:`MOST_TOLD` of them."""
    told = list(islice(problems, MOST_TOLD + 1))
    file = told[0].file
    if len(told) > MOST_TOLD:
        more = Problem(file=file, line=told[-1].line, what="there are more faults", todo="mend these first")
        told = [*told[:MOST_TOLD], more]
    return CompanyRefused(f"{file} is refused", told)


@dataclass(frozen=True)
class _Figure:
    """A number in a block, and what a comma may have torn off it."""

    event: yaml.Event
    place: Loc
    parts: list[str]


class _Reader:
    """Builds plain data from YAML's events; collects what is refused in ``problems``."""

    def __init__(self, file: str) -> None:
        self.lines: dict[Loc, int] = {(): 1}
        self.comments: dict[Loc, str] = {}
        self.problems: list[Problem] = []
        self._file = file
        self._events: Iterator[yaml.Event] = iter(())

    def read(self, text: str) -> object:
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)
        data: object = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, (), "a second document begins here", "take out the line `---`")
                    return data
                data = self._value(next(self._events), ())
        return data

    def _value(self, event: yaml.Event, loc: Loc) -> object:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            self._refuse(
                event, loc, "anchors (&) and aliases (*) are not used here", "write the value out, or in quotes"
            )
        elif getattr(event, "tag", None) is not None:
            self._refuse(event, loc, "tags (!) are not used here", "take it out, or put the text in quotes")
        if len(loc) > _DEEPEST:
            raise refused([self._at(event, (), "there are too many blocks inside blocks", "take some of them out")])
        if isinstance(event, yaml.MappingStartEvent):
            return self._block(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(loc)
        return self._scalar(event, loc) if isinstance(event, yaml.ScalarEvent) else None

    def _block(self, loc: Loc) -> dict[str, object]:
        block: dict[str, object] = {}
        last: _Figure | None = None
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, loc)
            place = (*loc, key)
            value_event = next(self._events)
            if last and _goes_on(event, value_event):
                last.parts.append(key)
                continue
            if key in block:
                self._refuse(event, place, f"{shown(key)} stands here twice", "keep one of the two")
            else:
                self.lines[place] = _line(event)
            self._refuse_torn(last)
            value = self._value(value_event, place)
            last = _Figure(event, place, [str(value)]) if _is_figure(value) else None
            block.setdefault(key, value)
        self._refuse_torn(last)
        return block

    def _refuse_torn(self, figure: _Figure | None) -> None:
        """Inside { … } a comma begins the next key, also the one in 22,000."""
        if figure is None or len(figure.parts) == 1:
            return
        first, *others = figure.parts
        in_groups = first != "0" and all(len(part.partition(".")[0]) == _GROUP for part in others)
        meant = "".join(figure.parts) if in_groups else ".".join(figure.parts)
        self._refuse(
            figure.event,
            figure.place,
            f"`{','.join(figure.parts)}` is read as {len(figure.parts)} things, because a comma parts them",
            f"write {meant}",
        )

    def _key(self, event: yaml.Event, loc: Loc) -> str:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, (*loc, event.value))
            if any(_is_no_letter(character) for character in event.value):
                self._refuse(
                    event,
                    (*loc, typed(event.value) or event.value.strip()),
                    f"the key has {strangers(event.value)}",
                    "write ordinary spaces, and nothing that cannot be seen",
                )
            return event.value
        self._refuse(event, loc, "a key is not a plain word", "write `key: value` with a word before the colon")
        self._value(event, loc)
        return ""

    def _list(self, loc: Loc) -> list[object]:
        items: list[object] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            place = (*loc, len(items))
            self.lines[place] = _line(event)
            items.append(self._value(event, place))
        return items

    def _scalar(self, event: yaml.ScalarEvent, loc: Loc) -> object:
        text: str = event.value
        if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t" for character in text):
            self._refuse(event, loc, "the text has characters that cannot be seen", "type it again without them")
            return ""
        # implicit[0]: written without quotes
        if not event.implicit[0]:
            return text
        if event.end_mark and (comment := _COMMENT.match(event.end_mark.buffer or "", event.end_mark.pointer)):
            self.comments[loc] = comment[1]
        return _plain_value(text)

    def _refuse(self, event: yaml.Event, loc: Loc, what: str, todo: str) -> None:
        self.problems.append(self._at(event, loc, what, todo))

    def _at(self, event: yaml.Event, loc: Loc, what: str, todo: str) -> Problem:
        field = field_name(tuple(_printable(part) if isinstance(part, str) else part for part in loc))
        return Problem(file=self._file, line=_line(event), field=field or None, what=what, todo=todo)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _printable(text: str) -> str:
    return "".join("�" if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)


def _is_figure(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _goes_on(key: yaml.Event, value: yaml.Event) -> bool:
    """Whether a key is nothing but digits with nothing behind them, as ``000`` in ``{target: 22,000}``."""
    digits = isinstance(key, yaml.ScalarEvent) and key.implicit[0] and _DIGITS.fullmatch(key.value)
    return bool(digits) and isinstance(value, yaml.ScalarEvent) and not value.value and value.implicit[0]


def _is_no_letter(character: str) -> bool:
    """Whether it looks like an ordinary space, or like nothing."""
    return is_invisible(character) or (unicodedata.category(character) == "Zs" and character != " ")


def _unreadable(path: Path) -> tuple[str, str]:
    """Why there is no such file, and what to do."""
    if path.is_dir():
        return "this is a folder and no file", "name the file that lies in it, like scheme.yaml"
    if path.exists():
        return "the file cannot be read", "make it a readable file"
    others = sorted(path.parent.glob(f"{path.stem}.*")) if path.parent.is_dir() else []
    for other in others:
        if other.name.lower() in {f"{path.stem}.yml", path.name, f"{path.name}.txt"}:
            return f"the file is missing, but there is {other.name}", f"rename it to {path.name}"
    return "the file is missing", "write it"


def _not_utf_8(raw: bytes) -> Mapping[str, str]:
    """What the file seems to be, and what to do."""
    if raw.startswith(b"PK"):
        return {"what": "this is a workbook or a document and no text", "todo": "save it as plain text (UTF-8)"}
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in raw:
        called = "UTF-16, which some editors call Unicode"
    else:
        try:
            raw.decode("gb18030")
            called = "GBK (ANSI in a Chinese Windows)"
        except UnicodeDecodeError:
            called = ""
    seems = f"; it seems to be {called}" if called else ""
    return {"what": f"the text is not UTF-8{seems}", "todo": "save the file with encoding UTF-8"}


def _plain_value(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _section(name: str, field: FieldInfo) -> type[BaseModel]:
    """A model of one field alone."""
    # its type is known only at run time, which no type checker can follow
    build: Callable[..., type[BaseModel]] = create_model
    return build(name, **{name: (field.annotation, field)})


def _errors(error: ValidationError) -> list[ErrorDetails]:
    errors = error.errors(include_url=False)
    # pydantic calls a list too short when its only entry is faulty; the entry's own fault says enough
    faulty = {each["loc"][:end] for each in errors for end in range(len(each["loc"]))}
    # … and of a list that is too short it names each entry that is missing; the last says how many are needed
    last = {each["loc"][:-1]: each["loc"] for each in errors if _is_missing_entry(each)}
    return [
        each
        for each in errors
        if (each["type"] != "too_short" or each["loc"] not in faulty)
        and (not _is_missing_entry(each) or last[each["loc"][:-1]] == each["loc"])
    ]


def _is_missing_entry(error: ErrorDetails) -> bool:
    return error["type"] == "missing" and isinstance(error["loc"][-1], int)


def _place(error: ErrorDetails) -> Loc:
    return tuple(part for part in error["loc"] if part != "[key]")


def _misspelt(model: type[BaseModel], data: object, errors: Sequence[ErrorDetails]) -> dict[Loc, str]:
    """The places of unknown keys, each with the key that is meant, where that is plain."""
    unknown: defaultdict[Loc, list[str]] = defaultdict(list)
    missing: defaultdict[Loc, list[str]] = defaultdict(list)
    for error in errors:
        *block, key = _place(error) or [""]
        if error["type"] == "extra_forbidden":
            unknown[tuple(block)].append(str(key))
        elif error["type"] == "missing":
            missing[tuple(block)].append(str(key))
    meant: dict[Loc, str] = {}
    for block, keys in unknown.items():
        known = _keys_at(model, data, block)
        for key in keys[:MOST_TOLD]:
            if close := closest(_key_of(key), known):
                meant[*block, key] = close
        # no spelling of a Chinese word is near to a key, but where one key is missing it can only be that
        if len(keys) == len(missing[block]) == 1 and (*block, keys[0]) not in meant and not keys[0].isascii():
            meant[*block, keys[0]] = missing[block][0]
    return meant


def _displaced(model: type[BaseModel], data: object, errors: Sequence[ErrorDetails]) -> dict[Loc, Loc]:
    """The places of keys that stand beside the block in which they belong, each with that block."""
    missing = {_place(each) for each in errors if each["type"] == "missing"}
    empty = {_place(each) for each in errors if each["input"] is None and each["type"] in _NO_BLOCK}
    unknown = [_place(each) for each in errors if each["type"] == "extra_forbidden" and _place(each)]
    found: dict[Loc, Loc] = {}
    for *block, key in unknown[:MOST_TOLD]:
        siblings = list(_within(data, block))
        known = set(_keys_at(model, data, tuple(block)))
        before = siblings[: siblings.index(str(key))]
        above = next((each for each in reversed(before) if each in known), None)
        if above and ((*block, above) in empty or key in _keys_at(model, data, (*block, above))):
            found[*block, key] = (*block, above)
        elif len(lacking := [each for each in siblings if (*block, each, key) in missing]) == 1:
            found[*block, key] = (*block, lacking[0])
    return found


def _belongs_inside(place: Loc, block: Loc) -> tuple[str, str]:
    name = block[-1]
    return (
        f"{seen(place[-1])} stands beside `{name}` and belongs inside it",
        f"indent it further than `{name}`, with all that belongs to it, or move it between the {{ and }} of `{name}`",
    )


def _is_about_all(error: ErrorDetails) -> bool:
    """Whether it is about a block as a whole, which it may not be any more when what belongs in it stands there."""
    return error["type"] in _NO_BLOCK or (error["type"] == SAID and not error.get("ctx", {})["at"])


def _parted(parts: Sequence[str]) -> tuple[str, str]:
    """What to tell of a value that commas have parted."""
    is_figure = parts[0][-1:].isdigit() and parts[1][:1].isdigit()
    whole = ("," if is_figure else ", ").join(parts)
    todo = number(_BETWEEN_THOUSANDS.sub("", whole)) if is_figure else None
    what = f"{shown(whole)} is read as {len(parts)} things, because a comma parts them"
    return what, todo or _in_quotes(whole)


def _in_quotes(text: str) -> str:
    if len(text) > _LONGEST_PART or not text.isprintable() or any(sign in text for sign in '"\\'):
        return "put the whole text in quotes"
    return f'put the text in quotes: "{text}"'


def _key_of(text: str) -> str:
    """The key in a text in which something follows the colon at once."""
    written = typed(text) or text
    glued = _GLUED.fullmatch(written)
    return (glued[1] if glued else written).strip()


def _short(part: str) -> str:
    return part if len(part) <= _LONGEST_PART else f"{part[:_LONGEST_PART]}…"


def _without(content: object, faulty: set[str | int]) -> dict[str, object]:
    if not isinstance(content, dict):
        return {}
    return {key: value for key, value in cast("dict[str, object]", content).items() if key not in faulty}


def _in_words(model: type[BaseModel], data: object, error: ErrorDetails, misspelt: Mapping[Loc, str]) -> Finding:
    """A pydantic error as place, what, todo for people who do not know pydantic."""
    loc = _place(error)
    context: Mapping[str, Any] = error.get("ctx", {})
    given = error["input"]
    key = loc[-1] if loc else ""
    if isinstance(key, str) and given is None and (glued := _GLUED.fullmatch(key)):
        return loc, f"{seen(key)} has nothing behind it", f"write `{glued[1].strip()}: {_short(glued[2].strip())}`"
    match error["type"]:
        case t if t == SAID:
            return (*loc, *context["at"]), context["what"], context["todo"]
        case t if t == UNKNOWN_KIND:
            place = (*loc, "kind") if isinstance(given, dict) else loc
            return place, f"{seen(context['given'])} is not known here", _instead(context["given"], context["known"])
        case "missing" if isinstance(key, int):
            return loc[:-1], "the list is too short", f"write {key + 1} entries"
        case "missing":
            return loc, f"`{key}` is missing", f"add `{key}:`"
        case "extra_forbidden":
            meant = misspelt.get(loc)
            todo = f"did you mean `{meant}`?" if meant else nearest(key, _keys_at(model, data, loc[:-1]))
            return loc, f"{seen(key)} is not known here", todo
        case "literal_error" | "enum":
            known = re.findall(r"'([^']*)'", context["expected"])
            return loc, f"{seen(given)} is not known here", _instead(given, known)
        case "too_short":
            entries = "entry" if context["min_length"] == 1 else "entries"
            return loc, "the list is too short", f"write at least {context['min_length']} {entries}"
        case "too_long":
            return loc, "the list is too long", f"write at most {context['max_length']} entries"
        case "tuple_type" | "list_type":
            return loc, f"{seen(given)} is not a list", "write a list: [a, b], or lines that begin with a dash"
        case "model_type" | "dict_type":
            keys = ", ".join(f"{each}: …" for each in _keys_at(model, data, loc)[:_KEYS_SHOWN])
            return (
                loc,
                f"{seen(given)} is not a block",
                f"write {{{keys or 'key: value'}}}, or such lines below the key",
            )
        case "bool_type":
            said = truth(str(given))
            todo = "write true or false" if said is None else f"write {str(said).lower()}"
            return loc, f"{seen(given)} is neither true nor false", todo
        case "string_type":
            return loc, f"{shown(given)} is not text", "write text, in quotes if it looks like a number or a day"
        case _:
            return loc, f"{seen(given)} cannot be used here", "compare with the example company and the documentation"


def _instead(given: object, known: Iterable[str]) -> str:
    return nearest(typed(given) or given if isinstance(given, str) else shown(given), known)


def _keys_at(annotation: object, data: object, loc: Loc) -> list[str]:
    """The keys that the block at ``loc`` may have, by the model."""
    if get_origin(annotation) is Annotated:
        return _keys_at(get_args(annotation)[0], data, loc)
    if get_origin(annotation) in {Union, types.UnionType}:
        member = blocks_by_kind(annotation).get(str(_child(data, "kind")))
        members = [member] if member else [each for each in get_args(annotation) if each is not type(None)]
        return sorted({key for each in members for key in _keys_at(each, data, loc)})
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
        if not loc:
            return list(fields)
        return _keys_at(fields.get(str(loc[0])), _child(data, loc[0]), loc[1:])
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple and isinstance(data, dict):  # versions, of which there is one
        return _keys_at(arguments[0], cast("object", data), loc)
    if loc and arguments:
        return _keys_at(arguments[1] if isinstance(loc[0], str) else arguments[0], _child(data, loc[0]), loc[1:])
    return []


def _within(data: object, block: Sequence[str | int]) -> Mapping[str, object]:
    """The block that stands at a place; an empty one where none does."""
    for part in block:
        data = _child(data, part)
    return cast("Mapping[str, object]", data) if isinstance(data, dict) else {}


def _child(data: object, part: str | int) -> object:
    if isinstance(data, dict) and isinstance(part, str):
        return cast("Mapping[str, object]", data).get(part)
    if isinstance(data, list) and isinstance(part, int):
        items = cast("list[object]", data)
        return items[part] if part < len(items) else None
    return None
