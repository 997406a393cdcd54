"""YAML documents whose fields know their line.

Of YAML only what a configuration needs is read: blocks, lists, text, numbers, days, true and false, nothing. Numbers
are exact (:class:`~decimal.Decimal`, read from their text); ``yes`` and ``on`` are text; anchors, aliases and tags are
refused. Whatever is wrong with a text, the outcome is a :class:`~perf_pipelines.errors.CompanyRefused`.
"""

from __future__ import annotations

import difflib
import re
import types
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, cast, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError, create_model

from perf_pipelines.errors import CompanyRefused, Problem
from perf_pipelines.fields import SAID, UNKNOWN_KIND, blocks_by_kind, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

Loc = tuple[str | int, ...]
"""A place in a document: keys and indices from the top, as in pydantic's ``loc``."""

Finding = tuple[Loc, str, str]
"""What a check found: place, what is wrong, what to do."""

M = TypeVar("M", bound=BaseModel)

_LARGEST_BYTES = 1_000_000
_DEEPEST = 20
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]{0,30}|[-+]?\.[0-9]{1,30}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
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
    """Plain data, and the line of each of its places. ``file`` is ``<parent>/<folder>/<name>``."""

    file: str
    data: Mapping[str, object]
    lines: Mapping[Loc, int]

    def line(self, loc: Loc) -> int:
        """Line of the deepest part of ``loc`` that the document has (1-based)."""
        return self.lines[next(loc[:end] for end in range(len(loc), -1, -1) if loc[:end] in self.lines)]

    def problem(self, loc: Loc, what: str, todo: str) -> Problem:
        """A problem at that place."""
        return Problem(file=self.file, line=self.line(loc), field=field_name(loc) or None, what=what, todo=todo)

    def validated(self, model: type[M]) -> M:
        """The document as a model; :class:`CompanyRefused` with every field that is wrong."""
        try:
            return model.model_validate(dict(self.data))
        except ValidationError as error:
            raise _refused([self._problem(model, each) for each in _errors(error)]) from error

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

    def _problem(self, model: type[BaseModel], error: ErrorDetails) -> Problem:
        loc, what, todo = _in_words(model, dict(self.data), error)
        return self.problem(loc, what, todo)


def read_document(path: Path) -> Document:
    """The YAML file at ``path``; :class:`CompanyRefused` when it is missing, not UTF-8 or not such a document."""
    file = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    try:
        raw = path.read_bytes()
    except OSError as error:
        if path.exists():
            raise _refused(
                [Problem(file=file, what="the file cannot be read", todo="make it a readable file")]
            ) from error
        raise _refused([Problem(file=file, what="the file is missing", todo="write it")]) from error
    if len(raw) > _LARGEST_BYTES:
        raise _refused([Problem(file=file, what="the file is larger than 1 MB", todo="keep only the configuration")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(
            [Problem(file=file, line=line, what="the text is not UTF-8", todo="save the file with encoding UTF-8")]
        ) from error
    return parse_document(text, file=file)


def parse_document(text: str, *, file: str) -> Document:
    """The document that ``text`` is; :class:`CompanyRefused` when it is none."""
    reader = _Reader(file)
    try:
        data = reader.read(text)
    except yaml.YAMLError as error:
        raise _refused([_syntax_problem(file, text, error)]) from error
    except (ValueError, OverflowError) as error:
        # PyYAML's scanner lets these through, for instance for "\UFFFFFFFF"
        raise _refused(
            [Problem(file=file, what="it cannot be read as YAML", todo="look for a backslash inside quotes")]
        ) from error
    if reader.problems:
        raise _refused(reader.problems)
    if not isinstance(data, dict):
        raise _refused(
            [
                Problem(
                    file=file,
                    line=1,
                    what="it is not a block of `key: value`",
                    todo="begin with lines like `key: value`",
                )
            ]
        )
    return Document(file=file, data=cast("dict[str, object]", data), lines=reader.lines)


def field_name(loc: Loc) -> str:
    """A place as people write it: ``positions.sales_agent[0].weight``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")


def nearest(name: object, known: Iterable[str]) -> str:
    """What to do about a name that is not known: the nearest one, or all there are."""
    names = sorted(known)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"use one of {', '.join(names)}" if names else "take it out"


class _Reader:
    """Builds plain data from YAML's events; collects what is refused in ``problems``."""

    def __init__(self, file: str) -> None:
        self.lines: dict[Loc, int] = {(): 1}
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
            raise _refused([self._at(event, (), "there are too many blocks inside blocks", "take some of them out")])
        if isinstance(event, yaml.MappingStartEvent):
            return self._block(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(loc)
        return self._scalar(event, loc) if isinstance(event, yaml.ScalarEvent) else None

    def _block(self, loc: Loc) -> dict[str, object]:
        block: dict[str, object] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, loc)
            place = (*loc, key)
            if key in block:
                self._refuse(event, place, f"`{key}` stands here twice", "keep one of the two")
            else:
                self.lines[place] = _line(event)
            value = self._value(next(self._events), place)
            block.setdefault(key, value)
        return block

    def _key(self, event: yaml.Event, loc: Loc) -> str:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, (*loc, event.value))
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
        return _plain_value(text) if event.implicit[0] else text

    def _refuse(self, event: yaml.Event, loc: Loc, what: str, todo: str) -> None:
        self.problems.append(self._at(event, loc, what, todo))

    def _at(self, event: yaml.Event, loc: Loc, what: str, todo: str) -> Problem:
        field = field_name(tuple(_printable(part) if isinstance(part, str) else part for part in loc))
        return Problem(file=self._file, line=_line(event), field=field or None, what=what, todo=todo)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _printable(text: str) -> str:
    return "".join("�" if unicodedata.category(character) in {"Cc", "Cs"} else character for character in text)


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


def _syntax_problem(file: str, text: str, error: yaml.YAMLError) -> Problem:
    what, line = "it cannot be read as YAML", None
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        what = f"{what}: {error.problem or error.context}"
        line = mark.line + 1 if mark else None
    elif isinstance(error, yaml.reader.ReaderError):
        what = f"{what}: there is a character that cannot be seen"
        line = text[: error.position].count("\n") + 1
    return Problem(
        file=file,
        line=line,
        what=_printable(what),
        todo="look at this line and the one above it: indentation, a colon without a space behind it, "
        "a bracket or quote that is not closed",
    )


def _refused(problems: list[Problem]) -> CompanyRefused:
    return CompanyRefused(f"{problems[0].file} is refused", problems)


def _section(name: str, field: FieldInfo) -> type[BaseModel]:
    """A model of one field alone."""
    # its type is known only at run time, which no type checker can follow
    build: Callable[..., type[BaseModel]] = create_model
    return build(name, **{name: (field.annotation, field)})


def _errors(error: ValidationError) -> list[ErrorDetails]:
    errors = error.errors(include_url=False)
    places = [each["loc"] for each in errors]
    # pydantic calls a list too short when its only entry is faulty; the entry's own fault says enough
    return [
        each
        for each in errors
        if each["type"] != "too_short"
        or not any(len(place) > len(each["loc"]) and place[: len(each["loc"])] == each["loc"] for place in places)
    ]


def _without(content: object, faulty: set[str | int]) -> dict[str, object]:
    if not isinstance(content, dict):
        return {}
    return {key: value for key, value in cast("dict[str, object]", content).items() if key not in faulty}


def _in_words(model: type[BaseModel], data: object, error: ErrorDetails) -> Finding:
    """A pydantic error as place, what, todo for people who do not know pydantic."""
    loc: Loc = tuple(part for part in error["loc"] if part != "[key]")
    context: Mapping[str, Any] = error.get("ctx", {})
    given = error["input"]
    match error["type"]:
        case t if t == SAID:
            return (*loc, *context["at"]), context["what"], context["todo"]
        case t if t == UNKNOWN_KIND:
            place = (*loc, "kind") if isinstance(given, dict) else loc
            return place, f"{shown(context['given'])} is not known here", nearest(context["given"], context["known"])
        case "missing" if isinstance(loc[-1], int):
            return loc[:-1], "the list is too short", f"it has {loc[-1]} entries where more are needed"
        case "missing":
            return loc, f"`{loc[-1]}` is missing", f"add `{loc[-1]}:`"
        case "extra_forbidden":
            return loc, f"`{loc[-1]}` is not known here", nearest(loc[-1], _keys_at(model, data, loc[:-1]))
        case "literal_error" | "enum":
            known = re.findall(r"'([^']*)'", context["expected"])
            return loc, f"{shown(given)} is not known here", nearest(given, known)
        case "too_short":
            return loc, "the list is too short", f"write at least {context['min_length']}"
        case "too_long":
            return loc, "the list is too long", f"write at most {context['max_length']}"
        case "tuple_type" | "list_type":
            return loc, f"{shown(given)} is not a list", "write a list: [a, b], or lines that begin with a dash"
        case "model_type" | "dict_type":
            return loc, f"{shown(given)} is not a block", "write `key: value` lines below it, or {key: value}"
        case "bool_type":
            return loc, f"{shown(given)} is neither yes nor no", "write true or false"
        case "string_type":
            return loc, f"{shown(given)} is not text", "write text, in quotes if it looks like a number or a day"
        case _:
            return loc, f"{shown(given)} cannot be used here", "compare with the example company and the documentation"


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


def _child(data: object, part: str | int) -> object:
    if isinstance(data, dict) and isinstance(part, str):
        return cast("Mapping[str, object]", data).get(part)
    if isinstance(data, list) and isinstance(part, int):
        items = cast("list[object]", data)
        return items[part] if part < len(items) else None
    return None
