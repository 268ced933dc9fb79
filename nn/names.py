"""Names that a model keeps from its training: those of classes, and of a data frame's columns."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import SupportsIndex, TypeVar

from nn.errors import InputError, KindError
from nn.module import Module
from nn.wording import brief

Name = str | int  # of a column; classes have texts
Row = TypeVar("Row")


class NamedRows(list[Row]):
    """Rows of a data frame as a list that knows the names of its columns.

    Attributes:
        columns: the names, in order.
    """

    def __init__(self, rows: Iterable[Row], columns: Sequence[Name]) -> None:
        super().__init__(rows)
        self.columns = tuple(columns)


def names_in(X: object) -> tuple[Name, ...]:
    """Return the names of a data frame's columns; nothing where there are none, or other objects.

    Whole numbers are what pandas numbers columns by.
    """
    columns: Iterable[object] | None = getattr(X, "columns", None)
    names = () if columns is None else tuple(columns)
    known = tuple(
        str(name) if isinstance(name, str) else operator.index(name)
        for name in names
        if isinstance(name, (str, SupportsIndex)) and not isinstance(name, bool)
    )
    return known if len({*known}) == len(names) else ()


def known_classes(model: Module) -> tuple[str, ...]:
    """Return the names of classes that ``fit`` has left in a model.

    Raises:
        TypeError: its attribute ``classes`` is something else.
    """
    return tuple(map(str, _kept(model, "classes", "classes", str)))


def known_features(model: Module) -> tuple[Name, ...]:
    """Return the names of the columns that a model was trained on.

    Raises:
        TypeError: its attribute ``feature_names`` is something else.
    """
    return _kept(model, "feature_names", "a data frame's columns", (str, int))


def _kept(
    model: Module, attribute: str, what: str, kinds: type | tuple[type, ...]
) -> tuple[Name, ...]:
    names = getattr(model, attribute, ())
    if not isinstance(names, tuple) or not all(isinstance(name, kinds) for name in names):
        raise KindError(
            f"fit keeps the names of {what} in model.{attribute}, a tuple of str; this model has "
            f"{brief(names, 60)} there: give that attribute another name"
        )
    return names


def keep_names(model: Module, attribute: str, names: Sequence[Name]) -> None:
    """Leave names in a model; with none it forgets those that it had."""
    if names:
        vars(model)[attribute] = tuple(names)
    elif isinstance(vars(model).get(attribute), tuple):
        del vars(model)[attribute]


def check_features(model: Module, X: object) -> None:
    """Refuse a data frame whose columns are not those that a model was trained on, in their order.

    Args:
        model: one that ``fit`` may have trained on a frame.
        X: rows; what has no names of columns passes.

    Raises:
        ValueError: a column is missing, there are more, or they stand in another order.
    """
    if given := names_in(X):
        _compare(known_features(model), given, "X", "X[[*model.feature_names]]")


def check_order(model: Module, X: object) -> tuple[Name, ...]:
    """Return the names of columns to train on; refuse those of a model in another order.

    A model may be trained further on other columns, and then keeps their names.

    Raises:
        ValueError: the frame has the columns that the model was trained on, in another order.
    """
    given = names_in(X)
    if given and {*given} == {*known_features(model)}:
        check_features(model, X)
    return given


def check_validation(X: object, validation: object) -> None:
    """Refuse rows to judge by whose columns are not those of the rows to train on."""
    _compare(names_in(X), names_in(validation), "validation X", "X_validation[[*X.columns]]")


def _compare(known: Sequence[Name], given: Sequence[Name], name: str, in_order: str) -> None:
    if not known or not given or [*known] == [*given]:
        return
    is_counted = list(range(len(known))) in ([*known], [*given])
    if is_counted and {*known} != {*given}:
        return  # pandas numbers columns that were given no names
    missing = [column for column in known if column not in given]
    if missing:
        raise InputError(
            f"{name} has the columns {_shown(given)}, and the model was trained on {_shown(known)}:"
            f" {missing[0]!r} is missing; rename columns, or give the array, .to_numpy(), if their "
            f"places say what they are"
        )
    raise InputError(
        f"{name} has the columns {_shown(given)}, and the model was trained on {_shown(known)} in "
        f"this order: write {in_order}"
    )


def _shown(names: Sequence[Name]) -> str:
    if len(names) > 12:
        return f"[{', '.join(map(repr, names[:5]))}, ... {names[-1]!r}]"
    return repr([*names])
