"""A hint where a large program is one computation for each row of its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from autograd.callsite import warn_user
from autograd.ir.trace import Trace
from autograd.transforms.one_row import spelled
from autograd.trees import Array, is_array
from autograd.wording import counted

FEWEST = 100  # rows
SHARE = 0.55  # of all operations: a row's own, with those of its derivative, but not the sums

OF_NO_ROW, OF_SEVERAL = -1, -2


def warn_of_rows(
    name: str, function: Callable[..., object], arguments: Sequence[object], trace: Trace
) -> None:
    """Warn where a derivative does the same for each row of its data, with the same weights.

    Data are the arrays with respect to which is not differentiated. Of functions that are no
    derivatives nothing is said: there, rows of weights might be taken for rows of data.
    """
    argnums = getattr(function, "argnums", None)
    if argnums is None:
        return
    listed = [argnums] if isinstance(argnums, int) else argnums
    by = {place % len(arguments) for place in listed}
    arrays = {
        place: array
        for place, argument in enumerate(arguments)
        if place not in by and (array := _array(argument)) is not None and len(array) >= FEWEST
    }
    for count in dict.fromkeys(map(len, arrays.values())):
        data = {place: array for place, array in arrays.items() if len(array) == count}
        if not _do_the_same(data, count, trace):
            continue
        axes = tuple([0 if place in data else None for place in range(len(arguments))])
        warn_user(
            f"jit: {name} has {len(trace):,} operations on single numbers, which do the same for "
            f"each of {counted(count, 'row')}: write it for one row and map it, "
            f"jit({spelled(function)}, "
            f'in_axes={axes}), with reduce="mean" or "sum"'
        )
        return


def _array(argument: object) -> Array | None:
    """Return an array of traced Values as NumPy's own, of which nothing is noted that is read."""
    if not is_array(argument):
        return None
    import numpy

    return numpy.asarray(argument).view(numpy.ndarray)


def _do_the_same(data: Mapping[int, Array], count: int, trace: Trace) -> bool:
    """Return whether most operations depend on one row, and are the same ones for each row."""
    rows = [OF_NO_ROW] * len(trace)
    labels: list[object] = list(range(len(trace)))  # a number's own one, or its place in its row
    for place, array in data.items():
        for row, numbers in enumerate(array.reshape(count, -1).tolist()):
            for column, tracer in enumerate(numbers):
                rows[tracer.number], labels[tracer.number] = row, (place, column)
    own: list[list[int]] = [[] for _ in range(count)]
    for number, operands in enumerate(trace.operands):
        found = rows[number]
        for operand in operands:
            row = rows[operand] if type(operand) is int else OF_NO_ROW
            if row != OF_NO_ROW and row != found:
                found = row if found == OF_NO_ROW else OF_SEVERAL
        rows[number] = found
        if operands and found >= 0:
            own[found].append(number)
    if len({*map(len, own)}) > 1 or len(own[0]) * count < SHARE * len(trace):
        return False
    for numbers in own:
        for place, number in enumerate(numbers):
            labels[number] = ("own", place)
    first = _described(own[0], labels, trace)
    return all(_described(numbers, labels, trace) == first for numbers in own)


def _described(numbers: Sequence[int], labels: Sequence[object], trace: Trace) -> list[object]:
    """Return the operations of a row, in which its own numbers go by their place in the row."""
    return [
        (
            trace.operations[number],
            [labels[each] if type(each) is int else repr(each) for each in trace.operands[number]],
        )
        for number in numbers
    ]
