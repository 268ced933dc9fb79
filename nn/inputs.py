"""Checks the arguments of ``fit`` before anything is computed."""

from __future__ import annotations

import contextlib
import math
import sys
import types
import warnings
from collections.abc import Iterable, Sequence
from typing import Any, cast

from autograd import Value
from nn.cells import column_named, fault_of, fault_of_label, fault_of_time, is_numeral
from nn.errors import CellError, InputError, KindError
from nn.losses import LOSSES, Loss, binary_cross_entropy, cross_entropy, hinge, huber, mae, mse
from nn.module import Module
from nn.names import known_classes
from nn.wording import brief, counted, what_is

Rows = list[list[float]]
Targets = list[Any]  # floats, or rows of them


def checked(
    X: object, y: object, what: str = "", classes: Sequence[str] = (), codes: Sequence[float] = ()
) -> tuple[Rows, Targets]:
    """Return rows and targets as lists of floats.

    Args:
        X: a list of rows of numbers, an array of shape (rows, features), or a data frame.
        y: a list of numbers or of rows of numbers, an array or a series of as many rows; or of
            classes by name.
        what: words for an error, such as "validation ".
        classes: names that may be among the targets.
        codes: the number for each of them.

    Raises:
        ValueError: no rows, unequal lengths, nan or infinite numbers, an unknown class.
        TypeError: something is not a number.
    """
    check_table(y, f"{what}y")
    rows, y = checked_rows(X, what), listed(y, f"{what}y")
    if len(rows) != len(y):
        raise InputError(
            f"{what}X has {counted(len(rows), 'row')}, and {what}y has {counted(len(y), 'target')}"
        )
    if classes:
        for i, name in enumerate(y):
            if name not in classes:
                raise InputError(f"{what}y[{i}] is {name!r}, which is none of {[*classes]!r}")
        numbers = dict(zip(classes, codes, strict=True))
        return rows, [numbers[name] for name in y]
    targets = [
        _row(target, f"{what}y[{i}]") if _is_row(target) else _number(target, f"{what}y[{i}]")
        for i, target in enumerate(y)
    ]
    _alike(targets, f"{what}y", "targets")
    return rows, targets


def checked_rows(X: object, what: str = "") -> Rows:
    """Return rows as lists of floats; see ``checked``."""
    check_table(X, f"{what}X")
    everything = listed(X, f"{what}X")
    if not everything:
        raise InputError(f"{what}X has no rows")
    rows = [_row(row, f"{what}X[{i}]", X) for i, row in enumerate(everything)]
    _alike(rows, f"{what}X", "numbers")
    return rows


def classes_of(model: Module, y: object) -> tuple[str, ...]:
    """Return the classes of a model, or those of the targets where these are names.

    Raises:
        ValueError: some of the targets are names, and some are not.
        TypeError: the model has an attribute ``classes`` that is something else.
    """
    targets = listed(y, "y")
    if not any(isinstance(target, str) for target in targets):
        return ()
    _check_all_named(targets)
    return known_classes(model) or tuple(sorted(set(targets)))


def _check_all_named(targets: Sequence[object]) -> None:
    for i, target in enumerate(targets):
        if not isinstance(target, str):
            raise InputError(
                f"y[{i}] is {target!r}, and others are names: give each row a name, or "
                f"leave the row out"
            )


def codes_of(classes: Sequence[str], loss: Loss) -> list[float]:
    """Return the numbers that a loss uses for classes.

    Raises:
        ValueError: the loss takes two classes, or no classes.
    """
    if loss not in (hinge, binary_cross_entropy, cross_entropy):
        if all(is_numeral(name.replace(",", ".")) for name in classes):
            written = max(classes, key=lambda name: "," in name)
            raise CellError(f"y {fault_of(written, None, None)}")
        raise InputError(
            f"y has names of classes, and {getattr(loss, '__name__', 'the loss')} takes numbers: "
            f"take hinge, binary_cross_entropy or cross_entropy, or give the classes numbers"
        )
    if len(classes) < 2 or (len(classes) > 2 and loss is not cross_entropy):
        raise InputError(
            f"y has one class, {classes[0]!r}: give rows of two classes"
            if len(classes) < 2
            else f"{loss.__name__} cannot tell the {len(classes)} classes "
            f"{brief([*classes], 80)} apart: take loss='cross_entropy', and a model of "
            f"{len(classes)} outputs, one for each, as MLP(2, [16, {len(classes)}])"
        )
    return [-1.0, 1.0] if loss is hinge else [float(number) for number in range(len(classes))]


def class_named(classes: Sequence[str], score: float | list[float]) -> str:
    """Return the class that a score, or a row of scores, stands for."""
    number = score.index(max(score)) if isinstance(score, list) else int(score > 0.0)
    return classes[number]


def check_fit(
    model: Module, loss: Loss, rows: Rows, targets: Targets, what: str = "", classes: int = 0
) -> None:
    """Try the first row, and check every label against what the loss takes.

    Args:
        model: a Module.
        loss: a function of (score, target).
        rows: rows of numbers.
        targets: the target of each.
        what: words for an error, such as "validation ".
        classes: how many there are, where they have names.

    Raises:
        ValueError: the sizes of rows, scores and targets do not fit, or a label is not one.
        TypeError: the model or the loss does not give Values.
    """
    score = model(rows[0])
    is_array = getattr(score, "ndim", 0) > 0
    outputs = len(score) if is_array or isinstance(score, (list, tuple)) else 0
    if loss is cross_entropy:
        if outputs < 2:
            raise InputError(
                "cross_entropy chooses among classes, and needs a model of at least two outputs, "
                "one for each class, as MLP(2, [16, 3]); for a yes or no use binary_cross_entropy"
            )
        _check_labels(targets, range(outputs), f"{what}y", f"a model of {outputs} scores")
        if classes not in (0, outputs):
            raise InputError(
                f"y has {counted(classes, 'class', 'classes')}, and the model gives "
                f"{counted(outputs, 'score')}"
            )
    elif outputs != _size(targets[0]) and (loss in LOSSES.values() or not outputs):
        raise InputError(_told_of_sizes(outputs, targets[0], len(rows[0]), f"{what}y"))
    elif loss is hinge:
        _check_labels(targets, (-1, 1), f"{what}y", "hinge")
    elif loss is binary_cross_entropy:
        for i, target in enumerate(targets):
            for number in target if isinstance(target, list) else [target]:
                if not 0.0 <= number <= 1.0:
                    raise InputError(
                        f"{what}y[{i}] is {number!r}: binary_cross_entropy takes labels 0 and 1, "
                        f"or probabilities between{_way_to_labels(targets, (0, 1))}"
                    )
    try:
        error = loss(score, targets[0])
    except (TypeError, IndexError, AttributeError) as failure:
        given = " and ".join(what_is(each) for each in (score, targets[0]))
        one = f"; MLP({len(rows[0])}, [16, 1]) gives one number" if outputs else ""
        failure.add_note(f"fit calls the loss for each row, here with {given} (score, target){one}")
        raise
    if isinstance(error, Value) and error.is_leaf:
        raise InputError(
            "the loss of the first row was computed from no parameter, so it has no gradient; is "
            "this under no_grad()?"
        )
    if not isinstance(error, Value):
        raise KindError(
            f"the loss of the first row is {what_is(error)}, and must be a Value computed "
            f"from the model's score with the functions of autograd"
        )


FAR = 100.0  # where tanh is flat, and a step of the optimiser is small or wild
APART = 1000.0


def fault_of_losses(losses: Sequence[float], targets: Targets, loss: Loss) -> str:
    """Return what is wrong with the losses of a training, in words; nothing if all is well.

    A first loss of badly scaled columns is so large that it is halved whatever is learnt.

    Args:
        losses: that of every epoch.
        targets: the target of each row.
        loss: a function of (score, target).
    """
    last, constant = losses[-1], _of_a_constant(targets, loss)
    if not last <= 0.5 * losses[0]:
        return "the loss came down little"
    if not last < constant:
        return f"the loss is {last:.3g}, and a constant guess has {constant:.3g}"
    return ""


def has_grown(losses: Sequence[float], targets: Targets, loss: Loss) -> bool:
    """Return whether a training ended far above where it began, and knows nothing of rows.

    Args:
        losses: that of every epoch.
        targets: the target of each row.
        loss: a function of (score, target); of one of the user's ten times the first is far.
    """
    first, last, constant = losses[0], losses[-1], _of_a_constant(targets, loss)
    return last > 2.0 * first and last > (constant if constant < math.inf else 10.0 * abs(first))


def _of_a_constant(targets: Targets, loss: Loss) -> float:
    """Return the loss of constant scores that know nothing of rows; infinity if that says nothing.

    It does not of a loss of the user's, and where all targets are the same.
    """
    if loss is hinge:
        return 1.0
    if loss is binary_cross_entropy:
        return math.log(2.0)
    if loss is cross_entropy:
        return math.log(len({*targets})) or math.inf
    if loss not in (mse, mae, huber):
        return math.inf
    rows = [target if isinstance(target, list) else [target] for target in targets]
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    return float(sum(loss(means, row) for row in rows)) / len(rows) or math.inf


def warn_of_scales(
    fault: str, X: object, y: object, rows: Rows, targets: Targets, loss: Loss
) -> bool:
    """Warn of columns, or targets, of a size with which networks train badly, and say the remedy.

    Args:
        fault: what ``fault_of_losses`` found.
        X: what rows were made of; a data frame has names for columns.
        y: what targets were made of.
        rows: rows of numbers.
        targets: the target of each.
        loss: a function of (score, target).

    Returns:
        Whether there are such.
    """
    sizes = [max(map(abs, column)) for column in zip(*rows, strict=True)]
    largest = max(sizes)
    smallest = min((size for size in sizes if size), default=largest)
    warned = bool(largest >= FAR or largest > APART * smallest)
    if warned:
        place = sizes.index(largest if largest >= FAR else smallest)
        name = f"column {column_named(X, place)!r}"
        others = sum(size >= FAR for size in sizes) - 1
        more = f" (and {others} more)" if others > 0 else ""
        what = (
            f"{name}{more} has numbers as large as {_short(largest)}"
            if largest >= FAR
            else f"{name} stays below {_short(smallest)} beside numbers as large as "
            f"{_short(largest)}"
        )
        warn(
            f"{fault}. X: {what}, and networks train badly on columns far from "
            f"1: give {_scaled('X', X, '0')}, new rows by the same numbers, or put "
            f"scikit-learn's StandardScaler before nn.Classifier or nn.Regressor (make_pipeline)"
        )
    if loss in (mse, mae, huber):
        flat = [n for target in targets for n in (target if isinstance(target, list) else [target])]
        if (size := max(map(abs, flat))) >= FAR:
            warn(
                f"{fault}. y has numbers as large as {_short(size)}, and "
                f"networks take long to reach scores far from 1: give {_scaled('y', y)}, or use "
                f"nn.Regressor, which does"
            )
            warned = True
    return warned


def _scaled(name: str, obj: object, axis: str = "") -> str:
    """Return how to bring rows or targets to mean 0 and deviation 1."""
    is_frame = hasattr(obj, "loc")  # of pandas, which goes by columns
    has_mean = is_frame or (hasattr(obj, "std") and not hasattr(obj, "columns"))
    axis = "" if is_frame else axis
    array = "" if has_mean else f" with {name} = numpy.array({name})"
    return f"({name} - {name}.mean({axis})) / {name}.std({axis}){array}"


def _short(size: float) -> str:
    return f"{size:,.0f}" if 1.0 <= size < 1e9 else f"{size:.2g}"


def warn(words: str) -> None:
    """Warn at the line of the user's that called fit, by scikit-learn or not."""
    frame, level = sys._getframe(1), 3
    while (outer := frame.f_back) is not None and _is_between(outer):
        frame, level = outer, level + 1
    warnings.warn(words, UserWarning, stacklevel=level)


def _is_between(frame: types.FrameType) -> bool:
    return frame.f_globals.get("__name__", "").partition(".")[0] in ("nn", "sklearn")


def listed(obj: Any, name: str) -> list[Any]:
    """Return rows or targets as a list; an array, a series and a data frame are taken apart."""
    _check_collected(obj, name)
    if _is_row(obj) and hasattr(obj, "__array__"):
        import numpy

        array = numpy.asarray(obj)
        is_column = hasattr(obj, "columns") and name.endswith("y") and array.shape[1:] == (1,)
        return list((array[:, 0] if is_column else array).tolist())
    is_single = not hasattr(obj, "__iter__") or getattr(obj, "shape", None) == ()
    if isinstance(obj, (str, bytes, dict)) or is_single:
        way = ""
        if isinstance(obj, str):
            frame, file = f"a data frame is frame[{obj!r}]", f"pandas.read_csv({obj!r}) reads"
            way = f": a column of {frame}" if name.endswith("y") else f": {file} a file"
        elif isinstance(obj, dict) and name.endswith("X"):
            _check_dense(obj, name)  # of SciPy's some are dicts
            way = ": write pandas.DataFrame(X) of columns by name, [[*X.values()]] of one row"
        raise KindError(f"{name} must be a list or an array, and is {what_is(obj)}{way}")
    if hasattr(type(obj), "__next__") and name.endswith(("X", "y")):
        raise KindError(f"{name} is {what_is(obj)}, which gives its rows once: write list({name})")
    return list(obj)


def _is_row(obj: object) -> bool:
    """Return whether it is a list or an array; a NumPy scalar is none."""
    if isinstance(obj, (list, tuple)):
        return True
    shape = getattr(obj, "shape", ())
    return isinstance(shape, tuple) and len(shape) > 0


def _check_dense(table: object, name: str) -> None:
    if hasattr(table, "toarray") and not hasattr(table, "columns"):
        raise CellError(f"{name} is a sparse matrix, and a network takes all: {name}.toarray()")


def check_table(table: Any, name: str) -> None:
    """Refuse masks, dates and durations: NumPy would make numbers of them unasked.

    Args:
        table: rows or targets: an array, a series, a data frame, a list; anything else passes.
        name: what it is called.

    Raises:
        ValueError: it is a TypeError too, and names the column.
    """
    _check_dense(table, name)
    if type(table).__name__ == "MaskedArray" and getattr(table.mask, "any", bool)():
        raise CellError(
            f"{name} has masked numbers, and a network takes numbers: leave such rows out, or fill "
            f"them, {name}.filled(0.0)"
        )
    _check_collected(table, name)
    if isinstance(table, (list, tuple)) or _kind(table) == "O":
        for place, row in enumerate(table):
            _check_row(row, f"{name}[{place}]", table)
    dtypes = getattr(table, "dtypes", None) if hasattr(table, "columns") else None
    if dtypes is None:
        if _is_of_time(getattr(table, "dtype", None)):
            column = 0 if len(getattr(table, "shape", ())) > 1 else None
            _refuse_cells(table.ravel() if hasattr(table, "ravel") else table, name, table, column)
        return
    for place, dtype in enumerate(dtypes):
        if _is_of_time(dtype):
            cells = table.iloc[:, place] if hasattr(table, "iloc") else table[:, place]
            _refuse_cells(cells, name, table, column_named(table, place))
        elif getattr(dtype, "kind", "") == "O":
            for row, cell in enumerate(table.iloc[:, place]):
                if fault := fault_of_time(cell, table, column_named(table, place)):
                    raise CellError(f"{name}[{row}] {fault}")


def _check_collected(table: object, name: str) -> None:
    if type(table).__name__ == "LazyFrame":
        raise KindError(f"{name} is a LazyFrame, which has no rows yet: write {name}.collect()")


def _kind(column: object) -> str:
    """Return NumPy's letter for what an array or a series holds; nothing where there is none."""
    kind: str = getattr(getattr(column, "dtype", None), "kind", "")
    return kind


PLAIN = {float, int, bool, str}
FLOATS = {float}


def _check_row(row: object, name: str, X: object) -> None:
    """Refuse a row, or a target, in which there are masks, dates and durations."""
    if hasattr(row, "dtype") and _is_row(row):
        check_table(row, name)
    is_row = isinstance(row, (list, tuple))
    if is_row and PLAIN.issuperset(map(type, cast(Iterable[object], row))):
        return
    for place, cell in enumerate(cast(Iterable[object], row) if is_row else [row]):
        if type(cell) not in PLAIN and (fault := fault_of_time(cell, X, place if is_row else None)):
            raise CellError(f"{name} {fault}")


def _is_of_time(dtype: Any) -> bool:
    """Return whether NumPy's, pandas' or Polars' type of a column is one of dates or durations."""
    is_temporal = getattr(dtype, "is_temporal", None)
    kinds = ("m", "M")
    return bool(is_temporal()) if is_temporal else getattr(dtype, "kind", None) in kinds


def _refuse_cells(cells: Any, name: str, table: object, column: object) -> None:
    for place, cell in enumerate(cells):
        fault = fault_of(cell, table, column)
        if fault:
            raise CellError(f"{name}[{place}] {fault}")


def explain_cells(X: object, y: object = None) -> None:
    """Raise an error for the first cell that is no number, where scikit-learn has refused them.

    What else it refuses (shapes, complex numbers, other objects) its own error explains.

    Args:
        X: what rows should have been made of.
        y: what numbers should have been made of; None where labels may be texts.

    Raises:
        ValueError: it is a TypeError too, and names the column.
    """
    cells: list[tuple[Any, str, object]] = []
    with contextlib.suppress(Exception):  # of what is no table
        targets = [] if y is None else listed(y, "y")
        cells = [(target, f"y[{i}]", None) for i, target in enumerate(targets)]
        cells += [
            (number, f"X[{i}]", column_named(X, place))
            for i, row in enumerate(listed(X, "X"))
            for place, number in enumerate(listed(row, "X"))
        ]
    for number, name, column in cells:
        fault = "" if is_numeral(number) else fault_of(number, X, column)
        if fault:
            raise CellError(f"{name} {fault}")


def check_labels(y: object) -> None:
    """Refuse labels of which NumPy would make others unasked: masked, of time, and of two kinds.

    Args:
        y: what labels are made of.

    Raises:
        ValueError: it names the first such label; it is a TypeError too where it is no label.
    """
    _check_collected(y, "y")
    is_list = isinstance(y, (list, tuple)) or _is_of_time(getattr(y, "dtype", None))
    labels: list[object] = []
    with contextlib.suppress(Exception):  # of what is no list
        is_masked = type(y).__name__ == "MaskedArray"
        cells: Any = cast(Any, y).ravel() if is_masked else y
        labels = [*cells] if is_masked or is_list else listed(y, "y")
    for place, label in enumerate(labels):
        if type(label) not in PLAIN and fault_of_time(label, None, None):
            raise CellError(f"y[{place}] {fault_of_label(label)}")
    if any(isinstance(label, str) for label in labels):
        explain_labels(y)
        _check_all_named(labels)


def explain_labels(y: object) -> None:
    """Raise an error for the first label that stands for no class, where they have been refused.

    Args:
        y: what labels should have been made of.

    Raises:
        ValueError: it is a TypeError too.
    """
    labels: list[object] = []
    with contextlib.suppress(Exception):  # of what is no list
        labels = listed(y, "y")
    for place, label in enumerate(labels):
        fault = "" if isinstance(label, (list, dict, complex)) else fault_of_label(label)
        if fault:
            raise CellError(f"y[{place}] {fault}")


def explain_columns(table: object, name: str) -> None:
    """Raise an error where several columns of a data frame have one name, or there are none.

    Args:
        table: rows or targets.
        name: what it is called.

    Raises:
        ValueError: it names the first such column.
    """
    names = [*getattr(table, "columns", ())]
    if hasattr(table, "columns") and not names:
        raise InputError(f"{name} has no columns")
    for column in names:
        if names.count(column) > 1:
            raise InputError(
                f"{name} has {names.count(column)} columns {column!r}, and an estimator knows "
                f"columns by their names: give each its own ({name}.columns = [...]), or the array "
                f"alone, {name}.to_numpy()"
            )


def _row(row: object, name: str, X: object = None) -> list[float]:
    if not hasattr(row, "__iter__") or isinstance(row, (str, bytes)):
        is_text = isinstance(row, (str, bytes))
        raise InputError(
            f"{name} is {row!r} and must be a row of numbers: "
            + ("are X and y the other way round?" if is_text else "write [[x] for x in X]")
            + (", or [X] if X is a row" if not is_text else "")
        )
    numbers = listed(row, name)
    if FLOATS.issuperset(map(type, numbers)) and all(map(math.isfinite, numbers)):
        return [*numbers]
    return [_number(number, name, X, place) for place, number in enumerate(numbers)]


def _number(number: Any, name: str, X: object = None, place: int | None = None) -> float:
    found = number
    if type(number) is not float:
        try:
            found = Value(number).data
        except (TypeError, OverflowError):
            found = math.nan
    if math.isfinite(found):
        return float(found)
    column = None if X is None or place is None else column_named(X, place)
    fault = fault_of(number if found != found else found, X, column)
    if not fault:
        where = "" if column is None else f" in column {column!r}"
        fault = f"holds {what_is(number)}{where}, and a network takes numbers"
    raise CellError(f"{name} {fault}")


def _alike(rows: Sequence[object], name: str, unit: str) -> None:
    sizes = [len(row) if isinstance(row, list) else None for row in rows]
    for i, size in enumerate(sizes):
        if size != sizes[0] or size == 0:
            raise InputError(
                f"{name}[{i}] has {'one number' if size is None else f'{size} {unit}'}, and "
                f"{name}[0] has {'one number' if sizes[0] is None else f'{sizes[0]} {unit}'}: "
                f"all rows must be equally long, and not empty"
            )


ARRAY = "numpy.asarray(y)"  # of arrays, lists and data frames
ARGMAX = f"{ARRAY}.argmax(1)"
ROWS_OF_ONE = "[target for (target,) in y]"


def _size(target: object) -> int:
    """Return how many numbers a target is a row of; 0 if it is one number."""
    return len(target) if isinstance(target, list) else 0


def _told_of_sizes(outputs: int, target: object, inputs: int, name: str) -> str:
    """Return the error where a model gives other than as many scores as a target has numbers."""
    scores = ("one score", "a list of one score", f"{outputs} scores")[min(outputs, 2)]
    if _size(target) == 1 and not outputs:
        way = f"rows of one number: write y.ravel() of an array, or {ROWS_OF_ONE} of a list"
    elif isinstance(target, list):
        size = len(target)
        way = f"rows of {size}: end the model with as many outputs, as MLP({inputs}, [16, {size}])"
        if sorted(target) == [0.0] * (size - 1) + [1.0]:
            way += f"; where columns are classes, take loss='cross_entropy' too, and {ARGMAX}"
    elif outputs == 1:
        way = "one target a row: return the score itself, score[0], or give rows of one target"
    else:
        way = (
            f"one target a row: end the model with one output, as MLP({inputs}, [16, 1]), give "
            f"rows of {outputs} targets, or take cross_entropy for a choice of {outputs} classes"
        )
    return f"the model gives {scores}, and {name} has {way}"


def _check_labels(targets: Targets, allowed: Sequence[int], name: str, who: str) -> None:
    for i, target in enumerate(targets):
        for label in target if isinstance(target, list) else [target]:
            if label not in allowed or (isinstance(target, list) and isinstance(allowed, range)):
                words = (
                    "labels -1 and 1" if allowed == (-1, 1) else f"labels 0 to {len(allowed) - 1}"
                )
                advice = _way_to_labels(targets, allowed)
                raise InputError(f"{name}[{i}] is {target!r}: {who} takes {words}{advice}")


def _way_to_labels(targets: Targets, allowed: Sequence[int]) -> str:
    """Return what to write in place of targets that are not the labels allowed, in brackets."""
    if isinstance(allowed, range) and isinstance(targets[0], list):
        is_one = len(targets[0]) == 1
        way = f"y.ravel() of an array, or {ROWS_OF_ONE} of a list" if is_one else ARGMAX
        return f" (write {way})"
    rows = [target if isinstance(target, list) else [target] for target in targets]
    found = sorted({label for row in rows for label in row})
    if any(label % 1.0 for label in found):
        return " (where y holds numbers, and no classes, take loss='mse')"
    if isinstance(allowed, range):
        if len(found) > len(allowed):
            return f" (there are {len(found)} classes: give the model as many outputs)"
        if found[0] > 0 and found[-1] == len(allowed):
            return f" (write {ARRAY} - 1)"
        return f" (write numpy.unique(y, return_inverse=True)[1]{_ANY})"
    if len(found) > 2:
        return " (of more than two classes take cross_entropy, of numbers that are none mse)"
    if len(rows[0]) > 1 and all(sorted(row) == [0.0] * (len(row) - 1) + [1.0] for row in rows):
        return f" (where columns are classes, take loss='cross_entropy', and {ARGMAX})"
    if found[0] == 0 and found[-1] in (0, 1):
        return f" (write 2 * {ARRAY} - 1, or take binary_cross_entropy)"
    if found[-1] == 1 and found[0] == -1:
        return f" (write ({ARRAY} + 1) / 2, or take hinge)"
    return f" (write numpy.where({ARRAY} == {found[-1]:g}, {allowed[1]}, {allowed[0]}){_ANY})"


_ANY = ", or take nn.Classifier, to which any labels are classes"
