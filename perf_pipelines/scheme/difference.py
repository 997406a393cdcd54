"""What differs between two schemes, in sentences for people who know neither file.

The grammar is walked as its models declare it, so that a field that is added to it shows itself here; all it needs is
a label (labels.py). In a list whose entries have a first day, what holds from each day on is compared, not which lines
say so: a line that is added with ``from`` is a change from that day on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeGuard, cast, get_args

from perf_pipelines.fields import FIRST_DAY, Entry, Exactly, Label
from perf_pipelines.scheme.labels import label_of, word
from perf_pipelines.scheme.model import Band, GoalValue, Kpi, Scheme
from perf_pipelines.scheme.targets import Amount, Target
from perf_pipelines.scheme.validity import ONE_DAY
from perf_pipelines.wording import SHARE, Language, number, of_the_team, on_a_year_ago, percentage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo

_TELLS_APART = ("kpi", "employee", "position", "grade")
"""The fields that tell the entries of a list apart where they have no ``id``."""

_NAMED_IN: Mapping[str, str] = {
    "daily_goals": "positions",
    "goal": "goals",
    "grade": "grades",
    "kpi": "kpis",
    "multiplier": "grades",
    "parent": "goals",
    "position": "positions",
}
"""The section that names what a field, or the keys of a block, have ids of, where it is not called like that field."""

_KNOWN_BY_NAME = frozenset({"positions"})
"""Sections whose members are spoken of without saying what they are."""

_IN_UNIT = frozenset(each for kind in (Amount, GoalValue) for each in get_args(kind) if isinstance(each, Exactly))
"""How numbers are declared that are in the unit of the KPI that they are about."""


def differences(
    before: Scheme, after: Scheme, *, language: Language, positions: Mapping[str, Label] | None = None
) -> tuple[str, ...]:
    """A sentence for each difference, in the order of the file; none when both assess alike.

    ``positions`` are the names of the positions, which a scheme does not know; without them their ids are written.
    """
    comparison = _Comparison(
        before=_Side(before, language=language, positions=positions or {}),
        after=_Side(after, language=language, positions=positions or {}),
        language=language,
    )
    return tuple(comparison.sentences())


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What a sentence speaks of: the subject, whose part of it, which field of that, and on which days.

    ``kpis``: the KPI before and after in whose unit its numbers are. ``is_section``: the subject is a whole section.
    """

    subject: str = ""
    owner: str = ""
    field: str = ""
    since: date | None = None
    until: date | None = None
    kpis: tuple[Kpi | None, Kpi | None] = (None, None)
    is_section: bool = False

    def inside(self, field: str, kpis: tuple[Kpi | None, Kpi | None], language: Language) -> _Place:
        """A field of the entry that stands here."""
        called = _remarked(self.field, field, language) if self.field else field
        return replace(self, field=called, kpis=kpis, is_section=False)


class _Side:
    """One of the two schemes, and how its names and values are written."""

    def __init__(self, scheme: Scheme, *, language: Language, positions: Mapping[str, Label]) -> None:
        self.scheme = scheme
        self._language = language
        self._joint = "，" if language is Language.zh else ", "
        self._listed = "、" if language is Language.zh else ", "
        self._apart = "；" if language is Language.zh else "; "
        self._names: Mapping[str, Mapping[str, Label]] = {
            "kpis": {kpi_id: kpi.name for kpi_id, kpi in scheme.kpis.items()},
            "goals": {goal.id: goal.name for goal in scheme.goals},
            "grades": {band.grade: band.name for band in _bands(scheme)},
            "positions": positions,
        }

    def named(self, name: str, key: str) -> str:
        """What ``name``, an id or a word in the field ``key``, is called; an id without a name stays an id."""
        section = _NAMED_IN.get(key, key)
        if section not in self._names:
            return self._language.of(word(name))
        if name in self._names[section]:
            return self._language.of(self._names[section][name])
        return _spelt(name) if section == "positions" and self._language is Language.en else name

    def called(self, entry: Entry) -> str:
        """What an entry of a list is called: by its name, or by what tells it apart."""
        name = getattr(entry, "name", None)
        if isinstance(name, Label):
            return self._language.of(name)
        return self._listed.join(self.named(part, key) for key, part in _identity(entry))

    def kpi_of(self, entry: Entry) -> Kpi | None:
        """The KPI that an entry is about."""
        kpi = getattr(entry, "kpi", None)
        return self.scheme.kpis.get(kpi) if isinstance(kpi, str) else None

    def written(self, value: object, key: str, field: FieldInfo, kpi: Kpi | None) -> str:
        """A value of the field ``key``; a number that is in the unit of a KPI is in that of ``kpi``."""
        match value:
            case None:
                return self._language.of(word("none"))
            case bool():
                return self._language.of(word(str(value).lower()))
            case Decimal() | int():
                return self._figure(Decimal(value), _declared(field), kpi)
            case date():
                return str(value)
            case Label():
                return self._language.of(value)
            case Target():
                return self._asked(value, kpi)
            case Entry():
                return self.described(value, kpi)
            case dict():
                pairs = cast("Mapping[str, object]", value).items()
                return self._joint.join(
                    self._with_label(self.named(str(each), key), part, key, field, kpi) for each, part in pairs
                )
            case tuple():
                parts = cast("Sequence[object]", value)
                # versions have no name that would tell where one ends and the next begins
                versions = any(isinstance(part, Entry) and not self.called(part) for part in parts)
                joint = self._apart if versions else self._listed
                return joint.join(self._item(part, key, field, kpi) for part in parts)
            case _:
                return self.named(str(value), key)

    def described(self, entry: Entry, kpi: Kpi | None, *, without: Collection[str] = ()) -> str:
        """What an entry says that is not the default, ``without`` the fields of these keys."""
        own = self.kpi_of(entry) or kpi
        return self._joint.join(
            self._with_label(self._language.of(label_of(type(entry), key)), value, key, field, own)
            for key, field, value in _fields(entry)
            if key not in without and value != field.default and value not in (None, (), {})
        )

    def _with_label(self, label: str, value: object, key: str, field: FieldInfo, kpi: Kpi | None) -> str:
        written = self.written(value, key, field, kpi)
        is_block = isinstance(value, dict) or (isinstance(value, Entry) and not isinstance(value, (Label, Target)))
        return _remarked(label, written, self._language) if is_block else f"{label} {written}"

    def _item(self, part: object, key: str, field: FieldInfo, kpi: Kpi | None) -> str:
        if isinstance(part, Entry):
            called, told = self.called(part), self.described(part, kpi, without=_naming(part))
            return _remarked(called, told, self._language) if called else told
        if isinstance(part, tuple):
            pair = (self.written(each, key, field, kpi) for each in cast("Sequence[object]", part))
            return f"[{self._joint.join(pair)}]"
        return self.written(part, key, field, kpi)

    def _asked(self, target: Target, kpi: Kpi | None) -> str:
        """A number where it is asked of everybody, as most are."""
        figure = self._figure(target.each or target.team or Decimal(), _IN_UNIT, kpi)
        match target:
            case Target(growth=Decimal() as growth):
                return on_a_year_ago(growth, self._language)
            case Target(team=Decimal()):
                return of_the_team(figure, self._language)
            case _:
                return figure

    def _figure(self, value: Decimal, declared: frozenset[Exactly], kpi: Kpi | None) -> str:
        if declared and all(each.at_most == 1 for each in declared):
            return percentage(value, self._language)
        if kpi is None or not declared or not declared <= _IN_UNIT:
            return number(value)
        if kpi.unit.en == SHARE:
            return percentage(value, self._language)
        return f"{number(value)} {self._language.of(kpi.unit)}"


class _Comparison:
    def __init__(self, *, before: _Side, after: _Side, language: Language) -> None:
        self._before = before
        self._after = after
        self._language = language
        self._zh = language is Language.zh

    def sentences(self) -> Iterator[str]:
        sections = {key: value for key, _, value in _fields(self._before.scheme)}
        for key, field, value in _fields(self._after.scheme):
            label = self._language.of(label_of(Scheme, key))
            place = _Place(field=label) if isinstance(value, str) else _Place(subject=label, is_section=True)
            yield from self._compared(sections[key], value, place, key, field)

    def _compared(self, old: object, new: object, place: _Place, key: str, field: FieldInfo) -> Iterator[str]:
        if old == new:
            return
        if isinstance(old, Entry) and isinstance(new, Entry) and not isinstance(new, Target):
            yield from self._entries(old, new, place)
        elif _is_block(old) and _is_block(new):
            yield from self._blocks(old, new, place, key, field)
        elif _can_be_paired(was := old or ()) and _can_be_paired(now := new or ()):
            yield from self._lists(was, now, place)
        elif old is None and (isinstance(new, Entry) or _is_block(new)):
            yield self._added(place, self._after.written(new, key, field, place.kpis[1]))
        elif new is None and (isinstance(old, Entry) or _is_block(old)):
            yield self._taken_out(place)
        else:
            former = self._before.written(old, key, field, place.kpis[0])
            later = self._after.written(new, key, field, place.kpis[1])
            yield self._said(place, f"{former} → {later}")

    def _entries(self, old: Entry, new: Entry, place: _Place) -> Iterator[str]:
        if type(old) is not type(new):
            was, now = (
                side.described(entry, kpi, without={"from"})
                for side, entry, kpi in ((self._before, old, place.kpis[0]), (self._after, new, place.kpis[1]))
            )
            yield self._said(place, f"{was} → {now}")
            return
        kpis = (self._before.kpi_of(old) or place.kpis[0], self._after.kpi_of(new) or place.kpis[1])
        values = {key: value for key, _, value in _fields(old)}
        for key, field, value in _fields(new):
            if key != "from" or not _is_dated(new):
                label = self._language.of(label_of(type(new), key))
                yield from self._compared(values[key], value, place.inside(label, kpis, self._language), key, field)

    def _blocks(
        self, old: Mapping[str, object], new: Mapping[str, object], place: _Place, key: str, field: FieldInfo
    ) -> Iterator[str]:
        for each in dict.fromkeys([*old, *new]):
            side, value = (self._after, new[each]) if each in new else (self._before, old[each])
            name = getattr(value, "name", None)
            called = self._language.of(name) if isinstance(name, Label) else side.named(str(each), key)
            member = self._member(place, called)
            if each not in old and isinstance(value, Entry) and not isinstance(value, Target):
                yield self._added(member, side.described(value, place.kpis[1], without={"name"}))
            elif each not in old:
                yield self._added(member, side.written(value, key, field, place.kpis[1]))
            elif each not in new:
                yield self._taken_out(member)
            else:
                introduced = replace(member, subject=called) if key in _KNOWN_BY_NAME else member
                yield from self._compared(old[each], value, introduced, key, field)

    def _lists(self, old: Sequence[Entry], new: Sequence[Entry], place: _Place) -> Iterator[str]:
        before, after = _by_identity(old), _by_identity(new)
        for identity in dict.fromkeys([*before, *after]):
            was, now = before.get(identity, []), after.get(identity, [])
            if not identity:
                yield from self._over_time(was, now, place)
                continue
            called = self._after.called(now[0]) if now else self._before.called(was[0])
            yield from self._over_time(was, now, replace(self._member(place, called), field=""))

    def _over_time(self, old: Sequence[Entry], new: Sequence[Entry], place: _Place) -> Iterator[str]:
        """Compare what is in force from each day on which an entry begins; entries without days, from the start."""
        days = sorted({_first_day(entry) for entry in (*old, *new)})
        in_force = [(_in_force(old, day), _in_force(new, day)) for day in days]
        is_there = [(was is not None, now is not None) for was, now in in_force]
        for index, (was, now) in enumerate(in_force):
            changes = (day for day, there in zip(days, is_there, strict=True) if there != is_there[index])
            ends = next((day - ONE_DAY for day in changes if day > days[index]), None)
            dated = replace(place, since=None if days[index] == FIRST_DAY else days[index])
            if was is not None and now is not None:
                yield from self._entries(was, now, dated)
            elif now is not None:
                told = self._after.described(now, None, without={*_naming(now), "from"})
                yield self._added(replace(dated, until=ends), told)
            elif was is not None and (index == 0 or is_there[index - 1] != is_there[index]):
                yield self._taken_out(replace(dated, until=ends))

    def _member(self, place: _Place, called: str) -> _Place:
        """Speak of a member of a section as the subject, of anything smaller as a part of it."""
        if place.is_section:
            return replace(place, subject=f"{place.subject} {called}", is_section=False)
        return replace(place, owner=("·" if self._zh else ", ").join(filter(None, [place.owner, called])))

    def _added(self, place: _Place, told: str) -> str:
        said = self._comes_or_goes(place, zh="新增", en="added")
        return f"{said}{'：' if self._zh else ': '}{told}" if told else said

    def _taken_out(self, place: _Place) -> str:
        return self._comes_or_goes(place, zh="删去", en="taken out")

    def _comes_or_goes(self, place: _Place, *, zh: str, en: str) -> str:
        what = self._what(place)
        subject = place.subject and what and f"{place.subject}{'：' if self._zh else ': '}"
        said = f"{zh}{what or place.subject}" if self._zh else f"{what or place.subject} {en}"
        return f"{subject}{said}{self._days(place)}"

    def _said(self, place: _Place, change: str) -> str:
        said = " ".join(filter(None, [self._what(place), change])) + self._days(place)
        return f"{place.subject}{'：' if self._zh else ': '}{said}" if place.subject else said

    def _what(self, place: _Place) -> str:
        if not place.owner or not place.field:
            return place.owner or place.field
        return f"{place.owner}的{place.field}" if self._zh else f"{place.field} of {place.owner}"

    def _days(self, place: _Place) -> str:
        since = place.since and (f"，自 {place.since} 起" if self._zh else f" from {place.since}")
        until = place.until and (f"，至 {place.until} 止" if self._zh else f" until {place.until}")
        return f"{since or ''}{until or ''}"


def _bands(scheme: Scheme) -> Iterator[Band]:
    """Every band of the grades, in whatever it stands."""
    waiting: list[object] = [scheme.grades]
    for each in waiting:
        if isinstance(each, Band):
            yield each
        elif isinstance(each, Entry):
            waiting.extend(value for _, _, value in _fields(each))
        elif isinstance(each, tuple):
            waiting.extend(cast("Sequence[object]", each))


def _fields(entry: Entry) -> Iterator[tuple[str, FieldInfo, object]]:
    """Key in the file, declaration and value of each field."""
    for name, field in type(entry).model_fields.items():
        yield field.alias or name, field, getattr(entry, name)


def _identity(entry: Entry) -> tuple[tuple[str, str], ...]:
    """What tells an entry of a list apart, with its keys: its id, or what it is about."""
    texts = {key: value for key, _, value in _fields(entry) if isinstance(value, str)}
    keys = ("id",) if "id" in texts else [key for key in _TELLS_APART if key in texts]
    return tuple((key, texts[key]) for key in keys)


def _naming(entry: Entry) -> frozenset[str]:
    """The keys of what a member is called by."""
    return frozenset({"name", *(key for key, _ in _identity(entry))})


def _by_identity(entries: Sequence[Entry]) -> dict[tuple[tuple[str, str], ...], list[Entry]]:
    found: defaultdict[tuple[tuple[str, str], ...], list[Entry]] = defaultdict(list)
    for entry in entries:
        found[_identity(entry)].append(entry)
    return found


def _is_block(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)


def _can_be_paired(value: object) -> TypeGuard[Sequence[Entry]]:
    """Whether it is a list of entries that can be found again in another: no two of the same that begin together."""
    if not isinstance(value, tuple):
        return False
    items = cast("Sequence[object]", value)
    entries = [each for each in items if isinstance(each, Entry)]
    return len(items) == len({(_identity(entry), _first_day(entry)) for entry in entries})


def _is_dated(entry: Entry) -> bool:
    """Whether its ``from`` is a day: that of a goal is a figure."""
    field = type(entry).model_fields.get("from_")
    return field is not None and date in _made_of(field)


def _first_day(entry: Entry) -> date:
    began: date | None = getattr(entry, "from_", None) if _is_dated(entry) else None
    return began or FIRST_DAY


def _in_force(entries: Sequence[Entry], day: date) -> Entry | None:
    """The entry that began last; none when it has ended."""
    begun = [entry for entry in entries if _first_day(entry) <= day]
    newest = max(begun, key=_first_day, default=None)
    until: date | None = getattr(newest, "until", None)
    return newest if until is None or until >= day else None


def _declared(field: FieldInfo) -> frozenset[Exactly]:
    """How the numbers of a field are declared, in whatever they stand."""
    return frozenset(each for each in _made_of(field) if isinstance(each, Exactly))


def _made_of(field: FieldInfo) -> list[object]:
    """The annotation of a field and all that it is made of."""
    parts: list[object] = [field.annotation, *field.metadata]
    for part in parts:
        parts.extend(get_args(part))
    return parts


def _remarked(text: str, remark: str, language: Language) -> str:
    return f"{text}（{remark}）" if language is Language.zh else f"{text} ({remark})"


def _spelt(name: str) -> str:
    return name.replace("_", " ").capitalize()
