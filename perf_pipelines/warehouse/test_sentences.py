"""What a dbt test says, in a sentence: the name of a test is its arguments in a row and cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def sentence_of(test: Mapping[str, Any]) -> str | None:
    """The sentence of a generic test of the manifest; None of a kind that is not known here."""
    if says := test.get("meta", {}).get("says"):
        return says
    made_by: Mapping[str, Any] = test.get("test_metadata") or {}
    kind: str = made_by.get("name", "")
    has: Mapping[str, Any] = made_by.get("kwargs", {})
    match kind:
        case "not_null":
            return f"`{has['column_name']}` is never empty."
        case "unique":
            return f"No two rows have the same `{has['column_name']}`."
        case "unique_together":
            return f"No two rows have the same {_listed(has['columns'])}."
        case "accepted_values":
            return f"`{has['column_name']}` is one of {_listed(has['values'], last='or')}."
        case "relationships":
            return f"Every `{has['column_name']}` stands in {_table(has['to'])} as `{has['field']}`."
        case "no_overlap":
            return f"No two rows of the same {_listed(has['keys'])} are valid on the same day."
        case "sums_to":
            return (
                f"Within each {_listed(has['within'])}, `{has['part']}` of the rows with `{has.get('of', 'true')}` "
                f"sums exactly to `{has['whole']}`."
            )
        case "same_rows":
            return (
                f"The rows with `{has['of']}` have the same `{has['columns']}` as the rows of {_table(has['other'])} "
                f"with `{has['other_of']}` have `{has['other_columns']}`."
            )
        case _:
            return None


def _listed(names: Sequence[str], *, last: str = "and") -> str:
    *before, end = (f"`{name}`" for name in names)
    return f"{', '.join(before)} {last} {end}" if before else end


def _table(reference: str) -> str:
    """The name in ``ref('name')``."""
    name = reference.removeprefix("ref('").removesuffix("')")
    return f"`{name}`"
