"""Advice where a function of one row was given all rows, or rows of different numbers."""

from __future__ import annotations

import itertools
import opcode
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.callsite import is_foreign
from autograd.engine.modes import current
from autograd.engine.value import Value
from autograd.errors import AmbiguousNumberError, StructureError, TraceError
from autograd.ir.tables import is_truth
from autograd.signatures import signature_of
from autograd.table.operation import is_real, real
from autograd.trees import STAYS_A_LIST, array_in, flatten, tree_leaves, unflatten

Axes = tuple[int | None, ...]


def explain_rows(
    who: str,
    f: Callable[..., object],
    args: Sequence[object],
    named: dict[str, object],
    error: Exception,
    axes: object = None,
) -> None:
    """Explain an error that comes of a function of one row being given all rows.

    The function is tried with the first row of its arguments, to advise nothing that fails too.

    Args:
        who: the transform that called the function: "jit", "vmap", or a derivative.
        f: the function; for a derivative, the derivative itself.
        args: its arguments.
        named: its keyword arguments.
        error: what it raised.
        axes: the in_axes that it was called with.

    Raises:
        ValueError: there is an in_axes with which the first row can be computed.
    """
    _advise_axes(who, f, args, named, error, axes)
    product = _turned_product(f, *_by_position(f, args, named)[:1], error)
    if product and not getattr(error, "__notes__", None):
        error.add_note(f"the shapes fit as {product}")
    explain_number(error)


_ENTRIES_OF_ONE = (
    "'(Tracer|Value|float)' object is not (subscriptable|iterable)"
    "|object of type '(Tracer|Value|float)' has no len"
)


def explain_number(error: Exception) -> None:
    """Add a note to an error that comes of taking a number for an array or a list."""
    is_number = re.search(_ENTRIES_OF_ONE, str(error))
    if is_number and not getattr(error, "__notes__", None):
        error.add_note(
            "here it is one number, which has no entries: where rows are mapped over (in_axes, "
            "vmap, nn.fit) the function gets one row, in which an array of one axis is a number"
        )


def _advise_axes(
    who: str,
    f: Callable[..., object],
    args: Sequence[object],
    named: dict[str, object],
    error: Exception,
    axes: object,
) -> None:
    asks_for_number = isinstance(error, (TraceError, AmbiguousNumberError))
    if asks_for_number or current().recorder is not None or _is_raised(error):
        return
    if sys.modules.get("numpy") is None:  # without it nothing can be mapped
        return
    if any(STAYS_A_LIST not in note for note in getattr(error, "__notes__", ())):  # NumPy's
        return
    given, named_before = len(args), named
    args, named = _by_position(f, args, named)
    by_name = [name for name in named_before if name not in named]
    by_name.sort(key=[*parameter_names(f)].index)
    if not _are_numbers(args):
        return
    for chosen in _possible(args):
        if chosen == axes or not _works(_named_from(f, given, by_name), args, named, chosen):
            continue
        place = max(_mapped(chosen), key=lambda each: len(_array(args[each]).shape))
        name = spelled(f)
        short = "0" if None not in chosen else repr(chosen)
        way = f"vmap({name}, in_axes={short})"
        if who == "jit":
            way = f'jit({name}, in_axes={short}), with reduce="mean" for the mean of all rows'
        lists = [each for each in _mapped(chosen) if array_in(args[each]) is None]
        if lists:
            way += f", and argument {lists[0]} as an array, numpy.asarray(...)"
        product = _turned_product(f, args, error)
        if product:
            way += f"; or did you mean {product}?"
        raise StructureError(
            f"{who}: {name} takes one row of argument {place}, and was given all, of shape "
            f"{_array(args[place]).shape} ({error}): in_axes maps it over the rows, {way}"
        ) from error


_LOOPS = ("autograd.transforms.loops",)


def _is_raised(error: Exception) -> bool:
    """Return whether the user's own code raised it, or a loop, and knows better what is wrong."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return False
    frame = place.tb_frame
    is_raised = frame.f_code.co_code[place.tb_lasti] == opcode.opmap["RAISE_VARARGS"]
    return is_raised and (not is_foreign(frame) or frame.f_globals["__name__"] in _LOOPS)


class AxesOfNames(dict[str, object]):
    """The axes of arguments that are given by keyword, in a dict in the last place."""


def paths_of(axes: Sequence[object]) -> list[str]:
    """Return what to call each argument in a message."""
    is_named = [isinstance(axis, AxesOfNames) for axis in axes]
    return ["argument " + str(place) * (not named) for place, named in enumerate(is_named)]


def shared_in(
    args: Sequence[object], axes: Sequence[object], f: Callable[..., object] | None = None
) -> str:
    """Return advice where mapped arguments have different numbers of rows.

    Args:
        args: the arguments.
        axes: which axes of them were mapped.
        f: the function, which has names for them.
    """
    more = ": give as many rows to each"
    named: Any = {}
    if isinstance(axes[-1], AxesOfNames):
        args, axes, named = args[:-1], axes[:-1], args[-1]
    sizes: dict[int, set[int]] = {}
    inside: dict[int, set[int]] = {}  # lengths of other axes
    for place, axis in enumerate(axes):
        shapes = [
            list(array.shape)
            for array in map(array_in, tree_leaves(args[place]))
            if array is not None
        ]
        if isinstance(axis, int) and all(-len(shape) <= axis < len(shape) for shape in shapes):
            sizes[place] = {shape.pop(axis) for shape in shapes}
            inside[place] = {*itertools.chain(*shapes)}
    rows = Counter(min(found) for found in sizes.values() if len(found) == 1).most_common(2)
    if named and {*itertools.chain(*sizes.values())} == {size for size, _ in rows[:1]}:
        name = next(name for name, leaf in named.items() if _array(leaf).shape)
        inner = spelled(f)
        return (
            f"{more}, or share what is given by keyword: functools.partial({inner}, {name}={name})"
        )
    ways = []
    for size, times in rows:
        kept = [place for place in sizes if sizes[place] == {size}]
        shared = [place for place in sizes if place not in kept]
        likely = any(sizes[place] & inside[each] for place in shared for each in kept)
        ways.append((times, likely, kept, shared))
    ways = [way for way in ways if way[3] and way[:2] == max(ways)[:2]]
    names = parameter_names(f) if f is not None else ()
    told = [
        f"in_axes={tuple([axis if place in kept else None for place, axis in enumerate(axes)])}, "
        f"which shares {_listed(shared, names)}"
        for _, _, kept, shared in ways
    ]
    return (
        more
        + ", or None in in_axes to what all rows share, as in " * bool(told)
        + ", or ".join(told)
    )


def or_shared(place: int | str, axes: Sequence[object]) -> str:
    """Return the end of advice for an argument that cannot be mapped: to share it."""
    axes = [axis for axis in axes if not isinstance(axis, AxesOfNames)]
    is_plain = isinstance(place, int) and {*map(type, axes)} <= {int, type(None)}
    others = tuple([None if each == place else axis for each, axis in enumerate(axes)])
    way = f", as in in_axes={others}" if is_plain and any(a is not None for a in others) else ""
    return f"or None in in_axes{way}"


def _listed(places: Sequence[int], names: Sequence[str]) -> str:
    """Return the numbers of arguments, and their names where they have some."""
    words = [f"{place} ({names[place]})" if place < len(names) else str(place) for place in places]
    return f"argument{'s' * (len(words) > 1)} {' and '.join(words)}"


def spelled(f: object) -> str:
    """Return how a function is written in a call: by its name, inside of its derivatives."""
    if hasattr(f, "_recipe"):
        transform, inner, *_ = f._recipe
        return f"{transform.__name__}({spelled(inner)})"
    name = getattr(f, "__name__", "")
    return name if name.isidentifier() else "f"


def _by_position(
    f: Callable[..., object], args: Sequence[object], named: dict[str, object]
) -> tuple[Sequence[object], dict[str, object]]:
    """Return the arguments by position as far as they can be: in_axes goes by it."""
    if not named:
        return args, named
    try:
        bound = signature_of(f, placed=True).bind(*args, **named)
    except (TypeError, ValueError):
        return args, named
    return bound.args, bound.kwargs


def parameter_names(f: Callable[..., object]) -> Sequence[str]:
    """Return the names of a function's parameters; none where it shows none."""
    try:
        return [*signature_of(f, placed=True).parameters]
    except (TypeError, ValueError):
        return ()


def _named_from(
    f: Callable[..., object], given: int, names: Sequence[str]
) -> Callable[..., object]:
    """Return a function of arguments by position that gives those after some by name, to f."""
    if not names:
        return f

    def called(*args: object, **named: object) -> object:
        return f(*args[:given], **dict(zip(names, args[given:], strict=True)), **named)

    return called


def _turned_product(f: Callable[..., object], args: Sequence[object], error: Exception) -> str:
    """Return a product of two arguments that fits where that of an error did not: X @ w for w @ X.

    Of an error that is about something else, and where there is none, nothing is returned.
    """
    words, names = str(error), parameter_names(f)
    sizes = re.search(
        r"matmul: .* \(size (?P<second>\d+) is different from (?P<first>\d+)\)", words
    )
    sizes = sizes or re.search(r"not aligned: (?P<first>\d+) .* != (?P<second>\d+) ", words)
    if sizes is None or len(names) < len(args):
        return ""
    inner = int(sizes["first"]), int(sizes["second"])
    arrays = [(name, _array(arg).shape) for name, arg in zip(names, args, strict=False)]
    for (left, first), (right, second) in itertools.permutations(arrays, 2):
        if not first or not second or (first[-1], second[-2:][0]) != inner:
            continue
        if second[-1] == first[-2:][0]:
            return f"{right} @ {left}"
        if len(first) == len(second) == 2 and second[-1] == first[-1]:
            return f"{right} @ {left}.T"
    return ""


def _possible(args: Sequence[object]) -> Iterator[Axes]:
    """Yield what in_axes may be: all arrays of as many rows, or all of these but the first.

    The first may have as many by chance, where it has a number for each column: the weights.
    """
    arrays = {place: array for place, arg in enumerate(args) if (array := _array(arg)).shape}
    if not arrays:
        return
    largest = max(arrays, key=lambda place: arrays[place].ndim)
    rows = [place for place in arrays if len(arrays[place]) == len(arrays[largest])]
    found = [rows]
    if 0 in rows and largest != 0 and {*arrays[0].shape} & {*arrays[largest].shape[1:]}:
        found += [[place for place in rows if place]]
    for places in filter(None, found):
        yield tuple([0 if place in places else None for place in range(len(args))])


def _are_numbers(args: Sequence[object]) -> bool:
    """Return whether all rows are of numbers, not the first alone."""
    try:
        objects = [array.ravel() for array in map(_array, args) if array.dtype.kind == "O"]
        numbers = itertools.chain(flatten(tuple(args))[0], *objects)
        return all(isinstance(n, Value) or is_real(n) for n in numbers)
    except (TypeError, ValueError):
        return False


def _works(
    f: Callable[..., object], args: Sequence[object], named: dict[str, object], axes: Axes
) -> bool:
    """Return whether a function can be called for the first row, and gives no text."""
    try:
        row = [
            arg if axis is None else _array(arg)[0] for arg, axis in zip(args, axes, strict=True)
        ]
        numbers, structure = flatten(tuple(row))
        values = [
            n if isinstance(n, Value) or is_truth(n) else Value(real(n, "vmap")) for n in numbers
        ]
        results = flatten(f(*unflatten(structure, values), **named))[0]
    except Exception:
        return False
    return not any(isinstance(result, str) for result in results)


def _mapped(axes: Axes) -> list[int]:
    return [place for place, axis in enumerate(axes) if axis is not None]


def _array(obj: object) -> Any:
    """Return an array, or a list of numbers as one; an array without dimensions of all else."""
    import numpy

    array = array_in(obj)
    if array is None and isinstance(obj, (list, tuple)):
        try:
            return numpy.array(obj, dtype=object)
        except ValueError:  # the lists within are of different lengths
            pass
    return numpy.empty(()) if array is None else array
