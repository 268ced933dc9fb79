"""``scan``, ``fori_loop`` and ``while_loop``: Python's loops on Values, one loop in compiled code.

Eager they are loops of Python, whose every operation stands in the graph. While a function is
traced the step is traced once, as the body of a loop (``ir/loops.py``).
"""

from __future__ import annotations

import functools
import inspect
import operator
import types
from collections.abc import Callable, Sequence
from math import nan
from typing import Any, ParamSpec, TypeVar

from autograd.callsite import user_line
from autograd.engine.modes import Mode, current
from autograd.engine.value import Value
from autograd.errors import ArgumentError, StructureError, TraceError
from autograd.habits import OF_LOOPS, refuse_setting
from autograd.ir.loops import Body, LoopBody, append_loop
from autograd.ir.tables import LOADED, SIZE_OF, is_truth, is_whole, truth_of
from autograd.ir.trace import Condition, Reference, Trace, Tracer
from autograd.table import rows as ops
from autograd.table.operation import is_real, real
from autograd.transforms.lookups import (
    Rows,
    columns_of,
    converted,
    load,
    no_columns,
    row_structure,
    rows_in,
    stacked,
    traced_count,
)
from autograd.trees import Structure, flatten, unflatten
from autograd.wording import brief, counted, what_is
from autograd.wrong_calls import asking

Step = Callable[[Any, Any], tuple[Any, Any]]
P = ParamSpec("P")
R = TypeVar("R")


def _with_advice(loop: Callable[P, R]) -> Callable[P, R]:
    """Let a loop refuse settings that it has not with what to write, those of JAX above all."""
    name, settings = loop.__name__, [*inspect.signature(loop).parameters]
    there_are = f"the arguments are {', '.join(settings)}"

    @functools.wraps(loop)
    def called(*args: P.args, **named: P.kwargs) -> R:
        for other in named:
            if other not in settings:
                known = {other: there_are, **OF_LOOPS[name]}
                refuse_setting(name, {other: named[other]}, known)
        return loop(*args, **named)

    return called


@_with_advice
@asking("scan(step, init, xs)")
def scan(
    step: Step,
    init: object,
    xs: object = None,
    length: object = None,
    checkpoint_every: int | None = None,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """Call ``step`` for one row of xs after the other, handing on a carry.

    It means ``for x in xs: carry, y = step(carry, x)``. In a compiled function it is one loop,
    traced and compiled once, whatever its length; its derivative is a loop too, in reverse order.

    Args:
        step: a function of the carry and a row of xs, which returns the next carry, of the same
            structure, and a result (None for none).
        init: the first carry, a tree of numbers.
        xs: arrays, or lists, each with as many rows as there are steps; tuples, dicts and so on of
            such. None for steps that need none: ``step`` is then given None.
        length: how many steps there are; it may be left out if there are xs. In a compiled function
            it may be a traced number, if step returns no results.
        checkpoint_every: compiled and differentiated backwards, keep only what every so many steps
            began with, and compute those between again: less memory for more time. For steps
            without results.
        reverse: go from the last row of xs to the first; each result keeps the place of its row.

    Returns:
        The last carry, and the results of all steps, stacked as arrays.

    Raises:
        ValueError: the lengths of xs differ, or ``length`` is another; there is neither; a step
            returned a carry of another structure.
        TypeError: step returned no pair, or takes other arguments; length is no whole number.

    Example:
        >>> from autograd import scan
        >>> scan(lambda total, x: (total + x, None), 0.0, [1.0, 2.0, 3.0])
        (6.0, None)
    """
    trace: Any = current().recorder
    _check_arguments("scan", "step", step, ("carry", "x"), slice(0, -1))
    if type(reverse) is not bool:
        raise ArgumentError(f"scan: reverse is True or False, and was {brief(reverse, 40)}")
    length = traced_count(length)
    rows = rows_in("scan", xs)
    if rows is None and length is None:
        raise StructureError("scan: give xs, or length: how many steps there are is not known")
    every = _every("scan", checkpoint_every)
    if not isinstance(trace, Trace):
        return _scanned(step, init, rows, _count("scan", rows, length), reverse)
    steps = _traced_count(trace, rows, length)
    if every is not None:
        count = int(steps) if type(steps) is float else trace.tracer(steps)
        body = _without_results(step, rows, count if reverse else None)
        return fori_loop(0, count, body, init, every), None
    if type(steps) is float and steps == 0.0:
        return _scanned(step, init, rows, 0, reverse)
    own: list[Structure] = []
    truths: list[list[bool]] = []  # on each way through the step

    final = steps - 1.0
    if reverse and type(steps) is int:
        final = trace.append(ops.subtract, (steps, 1.0))

    def run(body: Body, index: int, carry: object) -> tuple[object, list[object]]:
        if reverse:
            from_start = body.captured_number(final) if type(final) is int else final
            index = body.append(ops.subtract, (from_start, index))
        following, y = _pair(step, carry, None if rows is None else load(body, rows, index))
        results, structure = flatten(y)
        own[:] = [structure]
        truths.append(list(map(is_truth, results)))
        return following, results

    last, stacks = _traced(trace, "scan", init, run, steps, valid=_whole_counts(length))
    if not own[0].units():
        return last, unflatten(own[0], [])
    if rows is not None and type(steps) is not float:
        rows.fix()
        steps = float(rows.count)
    if type(steps) is not float:
        raise TraceError(
            f"scan at {user_line()}\nstacks the results of as many steps as only each call knows: "
            f"let step return None and keep in the carry what is needed, or give a length that is "
            f"a plain int (jit(f, static_argnames=...))"
        )
    count = own[0].count()
    in_order = range(int(steps))[::-1] if reverse else range(int(steps))
    columns = [
        [stacks[0](count * step_ + place, all(are_truths)) for step_ in in_order]
        for place, are_truths in enumerate(zip(*truths, strict=True))
    ]
    return last, stacked(own[0], columns, int(steps), 0)


@_with_advice
@asking("fori_loop(0, 10, body, init)")
def fori_loop(
    lower: object,
    upper: object,
    body: Callable[[Any, Any], object],
    init: object,
    checkpoint_every: int | None = None,
) -> Any:
    """Return init after ``value = body(i, value)`` for each i from lower to upper - 1.

    Args:
        lower: the first i, a whole number; in a compiled function it may be traced.
        upper: the number after the last i, likewise.
        body: a function of i and the value, which returns the next value, of the same structure.
        init: the first value, a tree of numbers.
        checkpoint_every: see ``scan``.

    Raises:
        TypeError: lower or upper is no whole number, or body takes other arguments.
        ValueError: body returned a value of another structure.

    Example:
        >>> from autograd import fori_loop, grad
        >>> grad(lambda x: fori_loop(0, 3, lambda i, power: power * x, 1.0))(2.0)
        12.0
    """
    trace: Any = current().recorder
    is_traced = isinstance(trace, Trace)
    _check_arguments("fori_loop", "body", body, ("i", "value"), slice(1, None))
    lower, upper = traced_count(lower), traced_count(upper)
    every = _every("fori_loop", checkpoint_every)
    if not (is_traced and isinstance(lower, Tracer)):
        lower = _whole("fori_loop", lower)
    if not (is_traced and isinstance(upper, Tracer)):
        upper = _whole("fori_loop", upper)

    if not is_traced:
        carry, structure = init, flatten(init)[1]
        for index in range(lower, upper):
            carry = _same(body(index, carry), structure, "fori_loop")
        return carry

    if every is not None:  # a loop over loops of so many steps

        def steps_of(chunk: Any, value: object) -> object:
            first = lower + chunk * every
            return fori_loop(first, ops.minimum(first + every, upper), body, value)

        chunks = ops.ceil((upper - lower) / float(every))
        return fori_loop(0, chunks, steps_of, init)

    def run(inner: Body, index: int, carry: object) -> tuple[object, list[object]]:
        return body(lower + inner.tracer(index), carry), []

    steps = trace.reference(upper - lower, "fori_loop")
    return _traced(trace, "fori_loop", init, run, steps, valid=_whole_counts(lower, upper))[0]


@_with_advice
@asking("while_loop(cond, body, init)")
def while_loop(
    cond: Callable[[Any], object],
    body: Callable[[Any], object],
    init: object,
    checkpoint_every: int | None = None,
) -> Any:
    """Return init after ``value = body(value)`` as long as ``cond(value)`` holds.

    There is no bound on the number of steps, even in reverse mode: then the start of each step is
    kept, so memory grows with the number of steps.

    Args:
        cond: a function of the value, which returns a comparison, or a bool.
        body: a function of the value, which returns the next one, of the same structure.
        init: the first value, a tree of numbers.
        checkpoint_every: see ``scan``.

    Raises:
        TypeError: what cond returned is no condition, or a function takes other arguments.
        ValueError: body returned a value of another structure.
        MemoryError: in compiled code, what is kept for the derivative does not fit in memory.

    Example:
        >>> from autograd import grad, while_loop
        >>> double = lambda x: while_loop(lambda v: v < 100.0, lambda v: 2.0 * v, x)
        >>> double(3.0), grad(double)(3.0)
        (192.0, 64.0)
    """
    _check_arguments("while_loop", "cond", cond, ("value",), slice(None))
    _check_arguments("while_loop", "body", body, ("value",), slice(None))
    every = _every("while_loop", checkpoint_every)
    trace: Any = current().recorder
    if not isinstance(trace, Trace):
        carry, structure = init, flatten(init)[1]
        while _holds(cond(carry)):
            carry = _same(body(carry), structure, "while_loop")
        return carry

    if every is not None:

        def is_going_on(state: Any) -> object:
            return (state[0] < float(every)) & cond(state[1])

        def steps_of(value: object) -> object:
            state = while_loop(is_going_on, lambda s: (s[0] + 1.0, body(s[1])), (0.0, value))
            return state[1]

        return while_loop(cond, steps_of, init)

    def run(inner: Body, index: int, carry: object) -> tuple[object, list[object]]:
        return body(carry), []

    return _traced(trace, "while_loop", init, run, None, cond)[0]


def _check_arguments(
    name: str, role: str, function: object, given: Sequence[str], carry: slice
) -> None:
    """Refuse what is no function of the arguments that a loop gives.

    Args:
        name: the loop.
        role: which of its functions it is.
        function: what was given as such.
        given: the arguments that it is called with.
        carry: which of its own parameters stand for the carry, where it takes more.

    Raises:
        TypeError: it cannot be called so.
    """
    if not callable(function):
        raise ArgumentError(
            f"{name}: {role} is a function, called as {role}({', '.join(given)}), and was "
            f"{brief(function, 40)}"
        )
    if isinstance(function, types.FunctionType):
        code = function.__code__
        if code.co_argcount == len(given) and not code.co_kwonlyargcount:
            return  # at once, in the common case
    try:
        signature = inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):  # one in C, which shows none
        return
    try:
        signature.bind(*given)
    except TypeError:
        own = [*signature.parameters]
        advice = ""
        if len(own) > len(given):
            whole = "value" if "value" in given else "carry"
            advice = f": unpack the tuple inside it, {', '.join(own[carry])} = {whole}"
        raise ArgumentError(
            f"{name}: {role} is called as {role}({', '.join(given)}), and this one takes "
            f"({', '.join(own)}){advice}"
        ) from None


def _every(name: str, checkpoint_every: object) -> int | None:
    if checkpoint_every is None or (type(checkpoint_every) is int and checkpoint_every > 0):
        return checkpoint_every
    raise ArgumentError(
        f"{name}: checkpoint_every is a whole number from 1 on, and was {brief(checkpoint_every)}"
    )


def _without_results(
    step: Step, rows: Rows | None, count: Value | int | None
) -> Callable[[Any, Any], object]:
    """Return the step of a ``scan`` as the body of a ``fori_loop``; with a count in reverse."""

    def body(index: Any, carry: object) -> object:
        inner: Any = current().recorder
        if count is not None:
            index = (count - 1.0) - index
        at = inner.reference(index, "scan")
        following, y = _pair(step, carry, None if rows is None else load(inner, rows, at))
        if y is not None:
            raise StructureError(
                f"scan at {user_line()}\nwith checkpoint_every the step returns no results: let it "
                f"return None for them"
            )
        return following

    return body


# -- eager -----------------------------------------------------------------------------------------


def _scanned(
    step: Step, init: object, rows: Rows | None, count: int, reverse: bool
) -> tuple[object, object]:
    carry, structure = init, flatten(init)[1]
    results = []
    for index in range(count)[::-1] if reverse else range(count):
        carry, y = _pair(step, carry, None if rows is None else rows.row(index))
        _same(carry, structure, "scan")
        results.append(y)
    if not results:  # a row of zeros, for the structure of what comes back
        y = _pair(step, carry, None if rows is None else row_structure("scan", rows))[1]
        return carry, stacked(*no_columns(y), 0, 0)
    if reverse:
        results.reverse()
    told = "scan: the step returned {} as result of step 0 and {} of step {}: return the same "
    structure, columns = columns_of(results, told + "structure at every step")
    return carry, stacked(structure, [converted(column, "scan") for column in columns], count, 0)


def _pair(step: Step, carry: object, x: object) -> tuple[object, object]:
    result = step(carry, x)
    if not isinstance(result, tuple) or len(result) != 2:
        raise ArgumentError(
            f"scan at {user_line()}\nthe step returns a pair, the next carry and a result (None "
            f"for none), and it returned {flatten(result)[1]}"
        )
    return result


def _same(carry: object, structure: Structure, name: str) -> object:
    """Return a carry if it has the structure of the first one."""
    found = flatten(carry)[1]
    if found != structure:
        raise StructureError(
            f"{name} at {user_line()}\nthe step was given {structure} and returned {found}: a "
            f"carry keeps its structure"
        )
    return carry


def _holds(condition: object) -> bool:
    if type(condition).__name__ in ("bool", "bool_"):  # NumPy's has either name
        return bool(condition)
    raise ArgumentError(
        f"while_loop at {user_line()}\nthe first function returns a comparison, such as x < 1.0, "
        f"and it returned {what_is(condition)}"
    )


def _whole(name: str, count: Any) -> int:
    """Return a count as an int."""
    number = count._data if isinstance(count, Value) and not isinstance(count, Tracer) else count
    if isinstance(number, Tracer) or not is_real(number):
        raise ArgumentError(
            f"{name} at {user_line()}\na count is a whole number, and was {what_is(count)}"
        )
    if real(number) % 1.0:
        raise ArgumentError(f"{name} at {user_line()}\na count is a whole number, and was {number}")
    return int(number)


def _count(name: str, rows: Rows | None, length: object) -> int:
    count = None if length is None else _whole(name, length)
    if rows is None:
        assert count is not None
        return count
    if count is not None and count != rows.count:
        raise StructureError(f"{name}: xs has {counted(rows.count, 'row')}, and length is {count}")
    return rows.count


# -- traced ----------------------------------------------------------------------------------------


def _traced_count(trace: Trace, rows: Rows | None, length: object) -> Reference:
    """Return how many steps there are: a constant, or the number of a trace."""
    if rows is not None and length is not None:
        rows.fix()
    if rows is not None and rows.wholes:
        array, width = rows.size_in(trace)
        size = trace.append(SIZE_OF, (array,))
        return size if width == 1 else trace.append(ops.divide, (size, float(width)))
    if isinstance(length, Tracer) and rows is None:
        return trace.reference(length, "scan")
    return float(_count("scan", rows, length))


def _traced(
    trace: Trace,
    name: str,
    init: object,
    run: Callable[[Body, int, object], tuple[object, list[object]]],
    steps: Reference | None,
    cond: Callable[[Any], object] | None = None,
    valid: Any = None,
) -> tuple[object, list[Callable[[int, bool], object]]]:
    """Trace the body of a loop and append the loop.

    Args:
        trace: the trace around it.
        name: the function that was called, for messages.
        init: the first carry.
        run: gives for the body, the number of the step and a carry the next carry and results.
        steps: how many there are; None if ``cond`` says whether there is another.
        cond: a function of the carry.
        valid: a condition on which the results are numbers, and else nan.

    Returns:
        The last carry, and a list of one function, from a place among those of all steps, and
        whether a truth is there, to a result; empty where steps have no results.
    """
    leaves, structure = flatten(init)
    truths = list(map(is_truth, leaves))
    first = [trace.number_of(leaf, name) for leaf in leaves]
    # Calls that go another way try this one: there a loop may never end, or one in its body.
    reached, around = trace.reached(), trace.around()
    if cond is not None or type(steps) is int:
        if around is not True:
            both = (reached, around)
            reached = around if reached is True else trace.condition(ops.both, both)
        around = True
    elif not isinstance(trace, Body):
        reached, around = True, reached
    body = Body(trace)
    body.within = around
    index = body.append(None, ())
    carries = [body.append(None, ()) for _ in leaves]

    def carry() -> object:
        tracers = [
            truth_of(body, number) if is_one else body.tracer(number)
            for number, is_one in zip(carries, truths, strict=True)
        ]
        return unflatten(structure, tracers)

    count = len(carries)

    def stepped() -> list[Reference]:
        following, results = run(body, index, carry())
        found, other = flatten(following)
        if other != structure:
            _same(following, structure, name)
        return [body.number_of(each, name) for each in (*found, *results)]

    def tested() -> list[Reference]:
        assert cond is not None
        condition = cond(carry())
        if isinstance(condition, Tracer) and not isinstance(condition, Condition):
            raise TraceError(
                f"{name} at {user_line()}\nthe first function returns a comparison, such as "
                f"x < 1.0, and it returned a traced Value"
            )
        if not isinstance(condition, Condition):
            _holds(condition)
        return [body.number_of(condition, name)]

    def recorded(steps: Reference | None) -> tuple[Any, Any, Any]:
        test: Reference | None = None
        if cond is not None:
            number = body.followed(tested)[0]
            test = float(number) if type(number) is float else _as_condition(body, number)
            if reached is not True:
                flag = trace.append(ops.select, (reached, 1.0, 0.0))
                inside = body.condition(ops.less, (0.0, body.captured_number(flag)))
                test = inside if type(test) is float and test else test
                if test != inside and type(test) is int:
                    test = body.condition(ops.both, (inside, test))
        elif reached is not True:
            assert steps is not None
            steps = trace.append(ops.select, (reached, steps, 0.0))
        return test, steps, body.followed(stepped)

    mode = Mode(recorder=body, recording=current().recording)
    test, steps, found = mode.run(recorded, steps)
    stacks = (tuple(found[count:]),) if len(found) > count else ()
    loop = LoopBody(body, index, tuple(carries), tuple(found[:count]), stacks, (), test)
    done = append_loop(trace, loop, first, steps)

    nothing: Reference = 0.0  # or nan, where a count is no whole number
    if valid is not None:
        nothing = trace.reference(ops.select(valid, 0.0, nan), name)

    def result(number: int, is_one: bool) -> object:
        if is_one:
            return truth_of(trace, number)
        if type(nothing) is int:
            number = trace.append(ops.subtract, (number, nothing))
        return trace.tracer(number)

    last = unflatten(structure, list(map(result, done.carries, truths)))

    def stacked_number(place: int, is_one: bool) -> object:
        return result(trace.append(LOADED, (done.stacks[0], float(place))), is_one)

    return last, [stacked_number] if done.stacks else []


def _whole_counts(*counts: object) -> Any:
    """Return the condition that traced counts are whole numbers; None where none is traced."""
    traced = [is_whole(count) for count in counts if isinstance(count, Tracer)]
    return functools.reduce(operator.and_, traced) if traced else None


def _as_condition(body: Body, number: Reference) -> Reference:
    """Return a truth that is the number 1 or 0 as a condition again."""
    operands = body.operands[number]  # type: ignore[index]
    if body.operations[number] is ops.select and operands[1:] == (1.0, 0.0):  # type: ignore[index]
        return operands[0]
    return body.condition(ops.less, (0.0, number))
