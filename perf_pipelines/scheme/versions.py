"""A part of a scheme in its versions: each holds from a day on, until the next one begins.

In the file a part is one block, or a list of blocks that tell each other apart by ``from``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

from pydantic import Field, GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from perf_pipelines.fields import FIRST_DAY, Day, Entry, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


class Dated(Entry):
    """A block that holds from the first day ``from`` on; without it, from the start."""

    from_: Day | None = Field(default=None, alias="from")

    @property
    def begins_on(self) -> date:
        """First day; 1900-01-01 stands for the start."""
        return self.from_ or FIRST_DAY


T = TypeVar("T")
D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class _BlockOrList:
    """Reads one block as the only version, and a list as versions of which one holds from the start."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        versions_of_it: Any = source
        version: Any = get_args(source)[0]
        one: TypeAdapter[Any] = TypeAdapter(version)
        several: TypeAdapter[Any] = TypeAdapter(versions_of_it)

        def read(value: object) -> tuple[Any, ...]:
            if not isinstance(value, (list, tuple)):
                return (one.validate_python(value),)
            versions: tuple[Any, ...] = several.validate_python(value)
            if not versions:
                raise refusal("the list is empty", "write a block")
            _refuse_gaps(versions)
            return versions

        return core_schema.no_info_plain_validator_function(read)


Versions = Annotated[tuple[T, ...], _BlockOrList()]
"""The versions of a part, in the order of the file."""


def in_force(versions: Sequence[D], day: date) -> D:
    """The version that holds on ``day``."""
    return max((each for each in versions if each.begins_on <= day), key=lambda each: each.begins_on)


def _refuse_gaps(versions: Sequence[Dated]) -> None:
    seen: set[date] = set()
    for index, version in enumerate(versions):
        if version.begins_on in seen:
            since = f"from {version.from_} on" if version.from_ else "from the start"
            raise refusal(
                f"two versions hold {since}", "give the newer one the day from which it holds", at=(index, "from")
            )
        seen.add(version.begins_on)
    if FIRST_DAY not in seen:
        first = min(range(len(versions)), key=lambda index: versions[index].begins_on)
        raise refusal(
            f"nothing holds before {versions[first].from_}",
            "take `from` out of the first version: it holds from the start",
            at=(first, "from"),
        )
