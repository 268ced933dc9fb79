"""The pullback and the pushforward of loops and arrays.

The pullback of a loop is a loop over its steps in reverse. The first keeps on a stack the carries
with which each step began; the second computes the step again from them, and takes the pullback of
that. Where to compute it again is dear, the stack keeps what the pullback needs of it instead. The
second carries the cotangents of the carries, and adds up those of whatever the body captured, one
step after the other, the last first. It is a loop like any other, so this holds to any order; and
since a ``while`` counts its steps, its pullback is a loop of so many.

The pushforward of a loop is one loop, which carries tangents besides.

What was reached (see ``contributions``) goes along as numbers, 1 or 0, which are dead code where
nothing asks for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.ir.contributions import ArrayTerm, Differentiation, Truth, as_number, as_truth
from autograd.ir.loops import (
    Body,
    Loop,
    LoopBody,
    Part,
    append_loop,
    append_part,
    inlined,
    is_structured,
    part,
)
from autograd.ir.tables import (
    ADDED_ALL,
    ADDED_AT,
    ARRAY_OF,
    INSIDE,
    LOADED,
    LOADS,
    SIZE_OF,
    ZEROS_OF,
)
from autograd.ir.trace import Reference, Trace
from autograd.table import rows as ops

Sweep = Callable[..., Differentiation]

KEEPING = 3  # what it costs to keep a number on a stack and to load it, in additions
FUNCTION = 12  # what a function costs, such as exp


def loaded(trace: Trace, array: Reference, place: Reference) -> int:
    """Append what stands at a place of an array."""
    return trace.append(LOADED, (array, place))


def size_of(trace: Trace, array: Reference) -> Reference:
    """Return the number of entries of an array, which may have been consumed."""
    assert type(array) is int
    operation, operands = trace.operations[array], trace.operands[array]
    if operation in (ADDED_AT, ADDED_ALL):
        return size_of(trace, operands[0])
    if operation is ZEROS_OF:
        return operands[0]
    if operation is ARRAY_OF:
        return float(len(operands))
    if isinstance(operation, Part):
        loop = trace.operations[operands[0]]  # type: ignore[index]
        assert isinstance(loop, Loop)
        if operation.place in loop.parts_of_sums():
            which = operation.place - loop.parts_of_sums().start
            return trace.operands[operands[0]][loop.sizes + which]  # type: ignore[index]
    return trace.append(SIZE_OF, (array,))


def total(sweep: Differentiation, array: int) -> tuple[Reference, Reference] | None:
    """Append the sum of what an array has received, and of what was reached; None for nothing."""
    terms = sweep.arrays.get(array)
    if not terms:
        return None
    if len(terms) == 1 and terms[0][0] is None:
        return terms[0][1], terms[0][2]
    trace = sweep.trace
    size = size_of(trace, array)
    sums = []
    for is_flag in (False, True):
        whole = trace.append(ZEROS_OF, (size,))
        for place, number, flag in terms:
            if place is None:
                whole = trace.append(ADDED_ALL, (whole, flag if is_flag else number))
            else:
                added = as_number(trace, flag) if is_flag else number
                whole = trace.append(ADDED_AT, (whole, place, added))
        sums.append(whole)
    return sums[0], sums[1]


def _add_to_array(sweep: Differentiation, array: Reference, term: ArrayTerm) -> None:
    if type(array) is int and sweep.active[array]:
        sweep.arrays.setdefault(array, []).append(term)


def _add_loaded(
    sweep: Differentiation, operand: Reference, whole: tuple[Reference, Reference], at: Reference
) -> None:
    """Add an entry of an array of cotangents or tangents to an operand."""
    if type(operand) is int and sweep.active[operand]:
        trace = sweep.trace
        reached = as_truth(trace, loaded(trace, whole[1], at))
        sweep.add(operand, loaded(trace, whole[0], at), reached)


def backwards_through(sweep: Differentiation, number: int, sweep_backwards: Sweep) -> None:
    """Pass on what a loop, a part of one, or an operation on arrays has received."""
    trace = sweep.trace
    operation, operands = trace.operations[number], trace.operands[number]
    if isinstance(operation, Part):
        return  # the loop itself will ask for it
    if isinstance(operation, Loop):
        _pull_loop(sweep, number, operation, sweep_backwards)
    elif operation in LOADS:
        upstream = sweep.contributions.get(number)
        if upstream is not None:
            _add_to_array(sweep, operands[0], (operands[1], upstream, sweep.reached[number]))
    elif (whole := total(sweep, number)) is not None:
        if operation is ARRAY_OF:
            for place, operand in enumerate(operands):
                _add_loaded(sweep, operand, whole, float(place))
        elif operation is ADDED_AT:
            _add_to_array(sweep, operands[0], (None, *whole))  # type: ignore[arg-type]
            _add_loaded(sweep, operands[2], whole, operands[1])
        elif operation is ADDED_ALL:
            for operand in operands:
                _add_to_array(sweep, operand, (None, *whole))  # type: ignore[arg-type]


def forwards_through(sweep: Differentiation, number: int, sweep_forwards: Sweep) -> None:
    """Pass on to a loop, a part of one, or an operation on arrays what its operands have."""
    trace = sweep.trace
    operation, operands = trace.operations[number], trace.operands[number]
    if isinstance(operation, Loop):
        _push_loop(sweep, number, operation, sweep_forwards)
        return
    if isinstance(operation, Part):
        return  # its loop has told it
    if operation in LOADS:
        whole = total(sweep, operands[0]) if type(operands[0]) is int else None
        if whole is not None:
            _add_loaded(sweep, number, whole, operands[1])
        return
    tangents, flags = [], []
    for place, operand in enumerate(operands):
        if operation is ADDED_ALL or (operation is ADDED_AT and place == 0):
            assert type(operand) is int
            whole = total(sweep, operand)
            if whole is None:
                size = size_of(trace, operand)
                whole = trace.append(ZEROS_OF, (size,)), trace.append(ZEROS_OF, (size,))
            tangents.append(whole[0])
            flags.append(whole[1])
        elif place in operation.conditions:  # type: ignore[union-attr]
            tangents.append(operand)
            flags.append(operand)
        else:
            is_known = type(operand) is int and operand in sweep.contributions
            tangents.append(sweep.contributions[operand] if is_known else 0.0)  # type: ignore[index]
            flags.append(as_number(trace, sweep.reached[operand]) if is_known else 0.0)  # type: ignore[index]
    if operation in (ARRAY_OF, ADDED_AT, ADDED_ALL):
        made = trace.append(operation, tuple(tangents)), trace.append(operation, tuple(flags))
        sweep.arrays[number] = [(None, *made)]


# -- loops ---------------------------------------------------------------------------------------


def _active_carries(
    sweep: Differentiation, loop: Loop, operands: tuple[Reference, ...]
) -> tuple[list[int], list[int]]:
    """Return the places of the carries, and of the captures, that depend on a target."""
    body = loop.body

    def is_active(operand: Reference) -> bool:
        return type(operand) is int and bool(sweep.active[operand])

    carries = {j for j in range(loop.count) if is_active(operands[loop.first + j])}
    captured = operands[loop.captures : loop.sizes]
    captures = [place for place, operand in enumerate(captured) if is_active(operand)]
    own = list(body.trace.outer.values())
    roots = [each for each in body.results() if type(each) is int]
    order = body.trace.order(roots)
    while True:
        targets = [*[body.carries[j] for j in carries], *[own[place] for place in captures]]
        active = Differentiation(body.trace, targets, order).active
        more = {
            j for j, each in enumerate(body.following) if type(each) is int and active[each]
        } - carries
        if not more:
            return sorted(carries), captures
        carries |= more


def _pull_loop(sweep: Differentiation, number: int, loop: Loop, sweep_backwards: Sweep) -> None:
    trace, body = sweep.trace, loop.body
    operands = trace.operands[number]
    received: dict[int, tuple[Reference, Truth]] = {}  # by the place of a part
    arrays: dict[int, tuple[Reference, Reference]] = {}
    same: dict[int, int] = {}  # one stack can be a part of the trace several times
    for each, place in [*trace.parts[number].items()]:
        first = same.setdefault(place, each)
        if each in sweep.contributions:
            received[place] = sweep.contributions[each], sweep.reached[each]
        elif first != each:
            sweep.arrays.setdefault(first, []).extend(sweep.arrays.get(each, ()))
    for place, each in same.items():
        if (whole := total(sweep, each)) is not None:
            arrays[place] = whole
    if not received and not arrays:
        return
    carries, captures = _active_carries(sweep, loop, operands)
    steps = operands[0] if loop.is_counted else append_part(trace, number, loop.count)

    reverse = Body(trace)
    step = reverse.append(None, ())
    bars = [reverse.append(None, ()) for _ in carries]
    flags = [reverse.append(None, ()) for _ in carries]
    last = reverse.append(ops.subtract, (reverse.captured_number(steps), 1.0))
    index = reverse.append(ops.subtract, (last, step))

    # The carries with which the step began are loaded from a stack; how many is known only when
    # it is known which of them are needed.
    tape = append_part(trace, number, loop.arity_of_result())
    kept = reverse.captured_number(tape)
    base = Trace.append(reverse, ops.multiply, (index, 1.0))
    places = [Trace.append(reverse, ops.add, (base, 0.0)) for _ in body.carries]
    begun = [Trace.append(reverse, INSIDE, (kept, place)) for place in places]
    values = {  # places of other values that the stack may keep, where it is cheaper
        each: Trace.append(reverse, ops.add, (base, 0.0))
        for each, operation in enumerate(body.trace.operations)
        if operation is not None and _is_number(body.trace, each)
    }
    truths = {
        each: Trace.append(reverse, INSIDE, (kept, place))
        for each, place in values.items()
        if body.trace.operations[each].is_condition  # type: ignore[union-attr]
    }
    own = list(body.trace.outer.values())
    outer = [reverse.captured_number(each) for each in operands[loop.captures : loop.sizes]]
    given: dict[int, Reference] = {body.index: index}
    given |= dict(zip(body.carries, begun, strict=True)) | dict(zip(own, outer, strict=True))
    start_of_step = len(reverse)
    at = inlined(reverse, body, given)
    end_of_step = len(reverse)

    roots: list[tuple[Reference, Reference, Truth]] = []
    array_roots: list[tuple[Reference, Reference, int]] = []
    for bar, flag, j in zip(bars, flags, carries, strict=True):
        roots.append((at(body.following[j]), bar, as_truth(reverse, flag)))

    def captured(place: int) -> tuple[Reference, Reference]:
        value, flag = arrays[place]
        return reverse.captured_number(value), reverse.captured_number(flag)

    def seed(root: Reference, whole: tuple[Reference, Reference], where: Reference) -> None:
        value = loaded(reverse, whole[0], where)
        roots.append((root, value, as_truth(reverse, loaded(reverse, whole[1], where))))

    for place, terms in zip(loop.parts_of_sums(), body.sums, strict=True):
        for where, term in terms if place in arrays else ():
            if where is None:
                array_roots.append((at(term), *captured(place)))  # type: ignore[arg-type]
            else:
                seed(at(term), captured(place), at(where))
    for place, pushed in zip(loop.parts_of_stacks(), body.stacks, strict=True):
        if place in arrays:
            start = reverse.append(ops.multiply, (index, float(len(pushed))))
            for offset, term in enumerate(pushed):
                where = reverse.append(ops.add, (start, float(offset)))
                seed(at(term), captured(place), where)

    targets = [*[begun[j] for j in carries], *[_number(outer[place]) for place in captures]]
    inner = sweep_backwards(reverse, roots, array_roots, targets)

    def found(target: int) -> tuple[Reference, Reference]:
        when = inner.reached.get(target, False)
        return inner.contributions.get(target, 0.0), as_number(reverse, when)

    following = [found(begun[j]) for j in carries]
    sums: list[tuple[tuple[Reference | None, Reference], ...]] = []
    sizes: list[Reference] = []
    scalars: list[int] = []
    terms_of_scalars: list[tuple[Reference, tuple[Reference, Reference]]] = []
    receivers: list[tuple[int, int]] = []  # an array of the trace, and the place of its sum
    for place in captures:
        target, operand = _number(outer[place]), _number(operands[loop.captures + place])
        if target in inner.arrays:
            size = size_of(trace, operand)
            receivers.append((operand, len(sums)))
            terms_ = inner.arrays[target]
            sums.append(tuple([(where, term) for where, term, _ in terms_]))
            sums.append(
                tuple(
                    [
                        (where, flag if where is None else as_number(reverse, flag))
                        for where, _, flag in terms_
                    ]
                )
            )
            sizes += [size, size]
        elif target in inner.contributions:
            terms_of_scalars.append((float(len(scalars)), found(target)))
            scalars.append(operand)
    first = len(sums)
    if scalars:
        for which in (0, 1):
            sums.append(tuple([(where, pair[which]) for where, pair in terms_of_scalars]))
            sizes.append(float(len(scalars)))

    reverse_body = LoopBody(
        reverse,
        step,
        (*bars, *flags),
        (*[pair[0] for pair in following], *[pair[1] for pair in following]),
        sums=tuple(sums),
    )
    entries: list[tuple[int, int]] = []  # what the stack keeps, and the place of that
    for each in _kept_values(reverse_body, body, at, start_of_step, end_of_step):
        here = _number(at(each))
        entries.append((each, values[each]))
        if each in truths:
            entries[-1] = _number(as_number(body.trace, each)), values[each]
            reverse.operations[here], reverse.operands[here] = ops.less, (0.0, truths[each])
        else:
            reverse.operations[here], reverse.operands[here] = INSIDE, (kept, values[each])
    wanted = _wanted(reverse_body)
    used = [j for j, each in enumerate(begun) if wanted[each]]
    entries = [*[(body.carries[j], places[j]) for j in used], *entries]
    for offset, (_, place) in enumerate(entries):
        reverse.operands[place] = (base, float(offset))
    reverse.operands[base] = (index, float(len(entries)))
    stack = tuple([each for each, _ in entries])
    if stack in body.stacks:  # another pullback keeps the same already
        there = loop.parts_of_stacks().start + body.stacks.index(stack)
        trace.operations[tape], trace.parts[number][tape] = part(there), there
    else:
        trace.operations[number] = loop.with_stack(stack)

    initial = [received.get(j, (0.0, False)) for j in carries]
    done = append_loop(
        trace,
        reverse_body,
        [*[bar for bar, _ in initial], *[as_number(trace, when) for _, when in initial]],
        steps,
        sizes,
    )
    for place, j in enumerate(carries):
        first_carry = operands[loop.first + j]
        if type(first_carry) is int and sweep.active[first_carry]:
            flag = done.carries[len(carries) + place]
            sweep.add(first_carry, done.carries[place], as_truth(trace, flag))
    for operand, place in receivers:
        _add_to_array(sweep, operand, (None, done.sums[place], done.sums[place + 1]))
    for place, operand in enumerate(scalars):
        _add_loaded(sweep, operand, (done.sums[first], done.sums[first + 1]), float(place))


def _push_loop(sweep: Differentiation, number: int, loop: Loop, sweep_forwards: Sweep) -> None:
    trace, body = sweep.trace, loop.body
    operands = trace.operands[number]
    carries, captures = _active_carries(sweep, loop, operands)
    forward = Body(trace)
    step = forward.append(None, ())
    own_carries = [forward.append(None, ()) for _ in body.carries]
    tangents = [forward.append(None, ()) for _ in carries]
    flags = [forward.append(None, ()) for _ in carries]
    captured = operands[loop.captures : loop.sizes]
    outer = [forward.captured_number(each) for each in captured]
    given: dict[int, Reference] = {body.index: step}
    given |= dict(zip(body.carries, own_carries, strict=True))
    given |= dict(zip(body.trace.outer.values(), outer, strict=True))
    at = inlined(forward, body, given)

    inputs: list[tuple[int, Reference, Truth]] = [
        (own_carries[j], tangent, as_truth(forward, flag))
        for j, tangent, flag in zip(carries, tangents, flags, strict=True)
    ]
    arrays: list[tuple[int, Reference, int]] = []
    for place in captures:
        operand, here = _number(captured[place]), _number(outer[place])
        if (whole := total(sweep, operand)) is not None:
            of_value, of_flag = (forward.captured_number(each) for each in whole)
            arrays.append((here, of_value, of_flag))  # type: ignore[arg-type]
        elif operand in sweep.contributions:
            tangent = forward.captured_number(sweep.contributions[operand])
            flag = forward.captured_number(as_number(trace, sweep.reached[operand]))
            inputs.append((here, tangent, as_truth(forward, flag)))

    results = [at(each) for each in body.results()]
    inner = sweep_forwards(forward, results, inputs, arrays)

    def found(reference: Reference) -> tuple[Reference, Reference]:
        number = at(reference)
        if type(number) is not int or number not in inner.contributions:
            return 0.0, 0.0
        return inner.contributions[number], as_number(forward, inner.reached[number])

    following = [found(body.following[j]) for j in carries]
    sums, stacks = [], []
    for terms in body.sums:
        for which in (0, 1):
            kept: list[tuple[Reference | None, Reference]] = []
            for where, term in terms:
                if where is not None:
                    kept.append((at(where), found(term)[which]))
                elif (whole := total(inner, _number(at(term)))) is not None:
                    kept.append((None, whole[which]))
            sums.append(tuple(kept))
    for pushed in body.stacks:
        for which in (0, 1):
            stacks.append(tuple([found(term)[which] for term in pushed]))
    starts: list[tuple[Reference, Reference]] = []
    for j in carries:
        start = operands[loop.first + j]
        if type(start) is int and start in sweep.contributions:
            starts.append((sweep.contributions[start], as_number(trace, sweep.reached[start])))
        else:
            starts.append((0.0, 0.0))
    done = append_loop(
        trace,
        LoopBody(
            forward,
            step,
            (*own_carries, *tangents, *flags),
            (
                *[at(each) for each in body.following],
                *[pair[0] for pair in following],
                *[pair[1] for pair in following],
            ),
            tuple(stacks),
            tuple(sums),
            None if body.test is None else at(body.test),
        ),
        [
            *operands[loop.first : loop.captures],
            *[pair[0] for pair in starts],
            *[pair[1] for pair in starts],
        ],
        operands[0] if loop.is_counted else None,
        [size for size in operands[loop.sizes :] for _ in (0, 1)],
    )
    for each, place in [*trace.parts[number].items()]:
        if place in carries:
            at_place = loop.count + carries.index(place)
            flag = as_truth(trace, done.carries[at_place + len(carries)])
            sweep.contributions[each], sweep.reached[each] = done.carries[at_place], flag
        elif place in loop.parts_of_sums():
            first = 2 * (place - loop.parts_of_sums().start)
            sweep.arrays[each] = [(None, done.sums[first], done.sums[first + 1])]
        elif place in loop.parts_of_stacks():
            first = 2 * (place - loop.parts_of_stacks().start)
            sweep.arrays[each] = [(None, done.stacks[first], done.stacks[first + 1])]


def _number(reference: Reference) -> int:
    assert type(reference) is int
    return reference


def _is_number(trace: Trace, number: int) -> bool:
    """Return whether a value of a trace is a number or a truth, and no array and no loop."""
    operation = trace.operations[number]
    if isinstance(operation, Part):
        loop = trace.operations[trace.operands[number][0]]  # type: ignore[index]
        return isinstance(loop, Loop) and operation.place <= loop.count
    return operation in LOADS or operation is SIZE_OF or not is_structured(operation)  # type: ignore[arg-type]


def _kept_values(
    reverse: LoopBody,
    body: LoopBody,
    at: Callable[[Reference], Reference],
    start: int,
    end: int,
) -> list[int]:
    """Return which values of a step are better kept on the stack than computed again.

    They are those that the pullback of the step needs, if to keep and to load them costs less than
    all that is computed for them. Sums of many products are needed by none, and cost much.
    """
    trace = reverse.trace
    wanted = _wanted(reverse)
    needed = {result for result in reverse.results() if type(result) is int}
    for number in range(end, len(trace)):
        if wanted[number]:
            needed.update([each for each in trace.operands[number] if type(each) is int])
    numbers: dict[int, int] = {}
    for number in range(len(body.trace)):
        here = at(number)
        is_needed = type(here) is int and start <= here < end and here in needed
        if is_needed and _is_number(body.trace, number):
            numbers.setdefault(_number(here), number)
    price = 0
    for number in range(start, end):
        operation = trace.operations[number]
        if wanted[number] and operation is not None:
            price += FUNCTION if operation.rank == 5 and not operation.is_condition else 1
    return [*numbers.values()] if KEEPING * len(numbers) < price else []


def _wanted(body: LoopBody) -> bytearray:
    """Return for each number of a body whether its results need it."""
    trace: Any = body.trace
    wanted = bytearray(len(trace))
    for result in body.results():
        if type(result) is int:
            wanted[result] = 1
    for number in range(len(trace) - 1, -1, -1):
        if wanted[number]:
            for operand in trace.operands[number]:
                if type(operand) is int:
                    wanted[operand] = 1
    return wanted
