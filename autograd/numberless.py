"""What NumPy makes numbers of unasked: dates, durations, times of day, masked entries."""

from __future__ import annotations

from autograd.errors import OperandError
from autograd.wording import what_is

WAYS = {  # what to write in place of one of a kind, and of many
    "date": (
        "give the days since a first one as a number",
        "give the days since a first one as numbers",
    ),
    "duration": (
        "give its days or seconds as a number",
        "give their days or seconds as numbers",
    ),
    "time": (
        "give its hours or seconds as a number",
        "give their hours or seconds as numbers",
    ),
    "masked entry": (
        "fill it (array.filled(0.0)), or choose with autograd.where",
        "fill them (array.filled(0.0)), or choose with autograd.where",
    ),
}


def kind_of(obj: object) -> str | None:
    """Return "date", "duration", "time" or "masked entry"; None of anything else."""
    if is_masked(obj):
        return "masked entry"
    kind = type(obj).__name__
    if kind in ("timedelta", "timedelta64", "Timedelta"):
        return "duration"
    if hasattr(obj, "isoformat") or kind == "datetime64":
        return "time" if kind == "time" else "date"
    return kind_of_cells(getattr(obj, "dtype", None)) if getattr(obj, "shape", None) == () else None


def way_to_a_number(obj: object) -> str:
    """Return what to write in place of one of these, after a colon; nothing of anything else."""
    kind = kind_of(obj)
    return f": {WAYS[kind][0]}" if kind else ""


def is_masked(obj: object) -> bool:
    """Return whether it is an entry of a masked array, or one of no dimension, with no number."""
    mask = getattr(obj, "mask", None)  # pandas has a method of the name
    return getattr(mask, "shape", None) == () == getattr(obj, "shape", None) and bool(mask)


def kind_of_cells(dtype: object) -> str | None:
    """Return what an array, or a column of pandas or Polars, holds, if that is of time."""
    is_temporal = getattr(dtype, "is_temporal", None)
    if is_temporal is None:
        return {"M": "date", "m": "duration"}.get(getattr(dtype, "kind", ""))
    name = str(dtype).partition("(")[0]
    return {"Duration": "duration", "Time": "time"}.get(name, "date") if is_temporal() else None


def check_cells(table: object) -> None:
    """Refuse an array, a series or a data frame of what NumPy would make numbers of unasked.

    Raises:
        TypeError: it names the column.
    """
    names = getattr(table, "columns", None)
    dtypes = getattr(table, "dtypes", None) if names is not None else None
    if names is None or dtypes is None:
        kind = kind_of_cells(getattr(table, "dtype", None))
        if kind is not None:
            raise OperandError(
                f"{what_is(table)} holds {kind}s, which are no numbers: {WAYS[kind][1]}"
            )
        return
    for name, dtype in zip(names, dtypes, strict=True):
        kind = kind_of_cells(dtype)
        if kind is not None:
            raise OperandError(
                f"column {name!r} of {what_is(table)} holds {kind}s, which are no numbers: "
                f"{WAYS[kind][1]}, or leave the column out"
            )
