"""Cells of a table that are no numbers: what they are, in which column, and what to do."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, cast

from nn.wording import an, brief, what_is


def column_named(X: object, place: int) -> object:
    """Return the name of a column of a data frame, and the place of one of anything else."""
    names: Any = getattr(X, "columns", None)
    return place if names is None else names[place]


def is_numeral(cell: object) -> bool:
    """Return whether it is text that says a finite number."""
    try:
        return isinstance(cell, str) and math.isfinite(float(cell))
    except ValueError:
        return False


def fault_of(cell: Any, X: object, column: object) -> str:
    """Return what a cell holds that is no number, and what to do; nothing if that is not known.

    Args:
        cell: one cell; a finite number has no fault.
        X: the table; data frames are told their own methods.
        column: the name or the place of its column; None for a target.
    """
    where = "" if column is None else f" in column {column!r}"
    found = (
        _text(cell, X, column) or _date(cell) or _gap(cell, X, column) or _other(cell, X, column)
    )
    what, advice = found or ("", "")
    return f"holds {what}{where}, and a network takes numbers: {advice}" if what else ""


def fault_of_time(cell: object, X: object, column: object) -> str:
    """Return what ``fault_of`` says of a date, a duration or a masked entry; nothing of others.

    NumPy makes numbers of these unasked, so that they have to be found before it does.
    """
    is_masked = type(cell).__name__ == "MaskedConstant"
    return fault_of(cell, X, column) if is_masked or _date(cell) is not None else ""


def fault_of_label(label: object) -> str:
    """Return why a label stands for no class, and what to do; nothing of a text or a whole number.

    Args:
        label: one of the targets of a classifier.
    """
    if (gap := _gap(label, None, None)) is not None:
        return f"is {gap[0]}, and a classifier takes labels: {gap[1]}"
    if isinstance(label, bytes):
        return f"is {brief(label, 40)}: labels are texts or whole numbers: write label.decode()"
    if isinstance(label, str):
        return ""
    is_number = isinstance(label, Real) and _date(label) is None  # NumPy's durations are Real
    number: Any = label if is_number else 0.5
    if number % 1 == 0 and abs(number) < 2**63:
        return ""
    way = "for continuous ones there is nn.Regressor, and for classes " * isinstance(label, float)
    return f"is {brief(label, 40)}: labels are texts or whole numbers: {way}write str(label)"


def _of_frame(X: object, pandas: str, polars: str, other: str) -> str:
    return pandas if hasattr(X, "loc") else polars if hasattr(X, "to_dummies") else other


def _text(cell: object, X: object, column: object) -> tuple[str, str] | None:
    if not isinstance(cell, (str, bytes)):
        return None
    what = f"the text {brief(cell, 40)}"
    if is_numeral(cell):
        way = _of_frame(
            X, f"X.astype({{{column!r}: float}})", f"X.cast({{{column!r}: float}})", "float(text)"
        )
        return what, f"{way} reads them from text"
    if isinstance(cell, str) and cell.count(",") == 1 and is_numeral(cell.replace(",", ".")):
        points = f"X[{column!r}].str.replace(',', '.')"
        way = _of_frame(
            None if column is None else X,
            f"{points}.astype(float), or pandas.read_csv(file, decimal=','),",
            f"{points}.cast(float), or polars.read_csv(file, decimal_comma=True),",
            "float(text.replace(',', '.'))",
        )
        return what, f"the decimal sign is a point: {way} reads them from text"
    if column is None:
        return what, "for classes by name there is nn.Classifier"
    way = _of_frame(
        X,
        f"pandas.get_dummies(X, columns=[{column!r}])",
        f"X.to_dummies({column!r})",
        "pandas.get_dummies, scikit-learn's OneHotEncoder",
    )
    return what, f"leave the column out, or make columns of 0 and 1 of it ({way})"


def _date(cell: object) -> tuple[str, str] | None:
    kind = type(cell).__name__
    if kind in ("timedelta", "timedelta64", "Timedelta"):
        return f"the duration {brief(str(cell), 40)}", "give its days or seconds as a number"
    if kind == "time":
        return f"the time of day {brief(str(cell), 40)}", "give its hours or seconds as a number"
    if kind == "NaTType" or not (hasattr(cell, "isoformat") or kind == "datetime64"):
        return None
    advice = "leave the column out, or give the days since a first one"
    return f"the date {brief(str(cell), 40)}", advice


def _gap(cell: Any, X: object, column: object) -> tuple[str, str] | None:
    is_gap = cell is None or type(cell).__name__ in ("NAType", "NaTType", "MaskedConstant")
    if not is_gap and (not isinstance(cell, float) or math.isfinite(cell)):
        return None
    if not is_gap and math.isinf(cell):
        return repr(cell), "leave such rows out"
    is_masked = type(cell).__name__ == "MaskedConstant"
    what = "a masked entry" if is_masked else str(cell) if is_gap else "NaN"
    if column is None:
        return what, "leave such rows out, or fill the gap"
    if not _has_mean(X, column):
        way = _of_frame(X, "X.dropna()", "X.drop_nulls()", "")
        return what, f"leave such rows out ({way}), or fill the gap"
    way = _of_frame(
        X,
        "X.fillna(X.mean(numeric_only=True))",
        "X.fill_nan(None).fill_null(strategy='mean')",
        "scikit-learn's SimpleImputer",
    )
    return what, f"leave such rows out, or fill the gap ({way})"


def _other(cell: object, X: object, column: object) -> tuple[str, str] | None:
    kind = type(cell).__name__
    if kind == "Period":
        return (
            f"the period {brief(str(cell), 40)}",
            "leave the column out, or give its year or month",
        )
    if kind == "Interval":
        return f"the interval {brief(str(cell), 40)}", "give its middle (.mid) as a number"
    if kind == "Decimal":
        return f"the Decimal {brief(str(cell), 40)}", "float(number) gives one"
    if column is not None and (isinstance(cell, list | dict) or len(getattr(cell, "shape", ()))):
        what = an(kind) if isinstance(cell, list | dict) else "an array"
        if not hasattr(X, "columns"):
            if isinstance(cell, dict):  # scikit-learn has words of its own, and wants to see them
                return None
            return what, "give each row as one list, of an array X.reshape(len(X), -1)"
        dtype = getattr(cast(Any, X)[column], "dtype", None)
        if hasattr(X, "unnest") and hasattr(dtype, "fields"):
            return what_is(dtype), f"X.unnest({column!r}) makes columns of it"
        return what, "make a column of each of its entries"
    try:
        if isinstance(cell, int):
            float(cell)
    except OverflowError:
        return "a number of more than 300 digits", "give its logarithm"
    return None


def _has_mean(X: Any, column: object) -> bool:
    """Return whether the column of a frame is one of numbers, to be filled with their mean."""
    if not hasattr(X, "columns"):
        return True
    dtype: Any = getattr(X[column], "dtype", None)  # none where several columns have the name
    if hasattr(dtype, "is_numeric"):
        return bool(dtype.is_numeric())
    return getattr(dtype, "kind", "f") in "iuf"
