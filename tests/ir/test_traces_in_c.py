"""Traces ordered, differentiated and lowered in C and in Python: alike; nonsense is refused."""

import array
import random
import signal

import pytest
from compiler_cases import branching, functions
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import grad, value_and_grad
from autograd.engine import accelerator
from autograd.ir import differentiate, lower, trace
from autograd.ir.text import text_of
from autograd.ir.trace import Trace, traced_call
from autograd.table import rows as ops

needs_native = pytest.mark.skipif(accelerator.native is None, reason=accelerator.reason)
MODULES = (differentiate, lower, trace)


def in_each_engine(do):
    """Return what comes of it with the accelerator, and in plain Python."""
    before = accelerator.native
    try:
        for engine in (before, None):
            for module in MODULES:
                module.native = engine
            yield do()
    finally:
        for module in MODULES:
            module.native = before


def described(operands):
    """Return operands that tell numbers from constants, and 0.0 from -0.0."""
    return [tuple(map(repr, each)) for each in operands]


def traced(function, count):
    """Return the trace, its outputs, and the programs that it becomes, as what can be compared."""
    made = Trace()
    arguments = [made.argument(f"x{place}") for place in range(count)]
    outputs, _ = traced_call(function, made, arguments)
    names = [None if row is None else row.name for row in made.operations]
    recorded = names, described(made.operands), repr(outputs)
    programs = []
    for careful in (False, True):
        program, is_fast = lower.lower(made, outputs, not careful, careful)
        programs.append([*program.opcodes])
        programs.append([*program.operands, program.results, is_fast])
        programs.append({number: repr(each) for number, each in program.constants.items()})
        programs.append([[text_of(body) for body in each] for each in program.bodies.values()])
    spent = trace.Frozen(made, outputs)
    again, same_outputs = spent.thawed()
    program, _ = lower.lower(again, same_outputs, spend=True, frozen=spent)
    return recorded, programs, [*program.opcodes], [*program.operands]


def derivatives(function):
    """Return derivatives of a function, of each kind that goes backwards."""
    yield value_and_grad(function)
    yield lambda *args: grad(lambda *inner: grad(function)(*inner) * 0.5)(*args)


@needs_native
@settings(deadline=None, max_examples=25)
@given(functions(most=6))
def test_c_records_and_lowers_the_derivatives_of_random_functions_as_python_does(drawn):
    function, count = drawn
    for derivative in derivatives(function):
        with_c, without = in_each_engine(lambda derivative=derivative: traced(derivative, count))
        assert with_c == without


@needs_native
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32))
def test_c_records_and_lowers_functions_full_of_choices_as_python_does(seed):
    function, count = branching(random.Random(seed))
    for derivative in derivatives(function):
        with_c, without = in_each_engine(lambda derivative=derivative: traced(derivative, count))
        assert with_c == without


@needs_native
@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: autograd.scan(lambda s, _: (s * y + x, s), x, length=5)[0],
        lambda x, y: autograd.while_loop(lambda s: s < 9.0, lambda s: s * 2.0 + y * y, x),
        lambda x, y: autograd.fori_loop(0, 4, lambda i, s: autograd.sin(s * x) + i * y, y),
        lambda x, y: (+x) * 3.0 + (+y) * 0.0 + (+x) * float("nan") + -0.0 * y + x * 1.0 - -y,
        lambda x, y: x * x + x * x + (y - x) * (y - x) - (x + x),
        lambda x, y: autograd.stop_gradient(x) * y + autograd.relu(x) * autograd.relu(y),
    ],
)
def test_c_records_and_lowers_loops_copies_constants_and_repeats_as_python_does(function):
    for derivative in derivatives(function):
        with_c, without = in_each_engine(lambda derivative=derivative: traced(derivative, 2))
        assert with_c == without


@needs_native
def test_a_trace_that_is_spent_piece_by_piece_becomes_the_same_program():
    made = Trace()

    def function(x):
        for _ in range(50):
            x = x * 1.5 + x
        return x

    outputs, _ = traced_call(function, made, [made.argument("x")])
    frozen = trace.Frozen(made, outputs)
    program, _ = lower.lower(made, outputs, spend=True, frozen=frozen)
    assert made.operations == made.operands == []
    whole, _ = lower.lower(*frozen.thawed())
    assert [*program.operands] == [*whole.operands]
    assert len(program) > 100


@needs_native
def test_what_is_no_trace_is_refused():
    native = accelerator.native
    operations, operands = [None, None, ops.add], [(), (), (0, 1)]
    known = ops.multiply, ops.multiply, ops.add, ops.negative

    def ordered(given=operations, below=operands, seen=None, roots=(2,)):
        return native.order_trace(given, below, bytearray(3) if seen is None else seen, [*roots])

    assert ordered() == [0, 1, 2]
    assert ordered(roots=[1, 2, 1]) == [1, 0, 2]
    assert ordered(seen=bytearray([1, 0, 0])) == [1, 2]
    for refused, error in (
        (lambda: ordered(tuple(operations)), TypeError),
        (lambda: ordered(below=tuple(operands)), TypeError),
        (lambda: ordered(seen=bytes(3)), TypeError),
        (lambda: ordered(seen=bytearray(2)), ValueError),
        (lambda: ordered(roots=[3]), ValueError),
        (lambda: ordered(roots=[-1]), ValueError),
        (lambda: ordered(roots=[0.0]), ValueError),
        (lambda: ordered(below=[(), (), [0, 1]]), ValueError),
        (lambda: ordered(below=[(), ()]), ValueError),
        (lambda: ordered([None, None, "add"]), AttributeError),
        (lambda: native.order_trace(), TypeError),
        (lambda: native.append_traced(operations, (), None, ()), TypeError),
        (lambda: native.append_traced(operations, operands, None), TypeError),
        (lambda: native.mark_operands(operations, operands, bytes(3), frozenset(), 2), BufferError),
        (lambda: native.mark_operands(operations, operands, bytearray(3), [], "2"), TypeError),
        (lambda: native.mark_operands(operations, operands), TypeError),
        (lambda: native.add_contributions([0], operations, operands), TypeError),
    ):
        with pytest.raises(error):
            refused()
    assert ordered(below=[(), (), (7, 2)]) == [2], "what is no earlier number is passed over"
    wanted = bytearray([0, 0, 1])
    assert native.mark_operands(operations, operands, wanted, {ops.add}, 2) == -1
    assert wanted == bytearray([1, 1, 1])
    assert native.mark_operands(operations, operands, wanted, frozenset(), 2) == 2
    with pytest.raises(TypeError):
        native.mark_operands(operations, operands, wanted, 3, 2)
    active, found, reached = bytearray([1, 1, 1]), {2: 9}, {2: True}
    swept = [0, 1, 2], operations, operands, found, reached
    assert native.add_contributions(*swept, active, {}, known, 2) == 2, "of no known rules"
    for rules in (
        {ops.add: [1.0]},
        {ops.add: [2.0, 1.0]},
        {ops.add: [1.0, None]},
        {ops.add: [-7, 1.0]},
        {ops.add: 3},
    ):
        assert native.add_contributions(*swept, active, rules, known, 2) == 2
        assert found == {2: 9}
    assert native.add_contributions(*swept, active, {ops.add: [1.0, -1.0]}, known, 2) == -1
    assert found == {2: 9, 0: 9, 1: 3}
    assert (operations.pop(), operands.pop()) == (ops.negative, (9,))
    for wrong in ((*swept, active, {}, known[:3], 2), (*swept, active, [], known, 2)):
        with pytest.raises(TypeError):
            native.add_contributions(*wrong)


@needs_native
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers here")
def test_rules_that_are_dropped_in_a_pause_of_the_sweep_are_still_those_of_the_operation():
    count = 300_000
    operations, operands = [None], [()]
    operations += [ops.multiply] * count
    operands += [(number, number) for number in range(count)]
    rules, others, order = {ops.multiply: [-3, -2]}, [], list(range(count + 1))
    known = ops.multiply, ops.multiply, ops.add, ops.negative

    def drop(*_):  # as another thread does when it has traced many rules
        rules.clear()
        others.append([1.0, 1.0])  # where the dropped list was

    active = bytearray([1] * (count + 1))
    swept = order, operations, operands, {count: 0}, {count: True}, active, rules, known, count
    before = signal.signal(signal.SIGALRM, drop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.005)
        place = accelerator.native.add_contributions(*swept)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert others, "the sweep was over before the timer"
    assert place == -1
    assert operations[count + 1 :].count(ops.multiply) == 2 * count


@needs_native
def test_what_is_no_program_is_refused_and_left_as_it_is():
    native = accelerator.native
    operations, operands = [None, None, ops.add], [(), (), (0, 1)]
    pairs = {ops.add: ("add", True, True, False, 7)}

    def lowered(
        numbers=(0, 1, 0), wanted=(0, 0, 1), table=pairs, codes=(1, 1), made=None,
        telling=bytes(256), below=operands, start=0, base=0,
    ):  # fmt: skip
        columns = bytearray(codes), array.array("i", [-1, -1]), array.array("i", [-1, -1])
        places = array.array("i", numbers)
        end = native.lower_pairs(
            operations, below, bytearray(wanted), places, table, ops.identity,
            {"add": {}} if made is None else made, {}, columns, telling, set(), base, start,
        )  # fmt: skip
        return end, [*columns[0]], [*columns[1]], [*columns[2]], [*places]

    untouched = 2, [1, 1], [-1, -1], [-1, -1], [0, 1, 0]
    assert lowered() == (3, [1, 1, 7], [-1, -1, 0], [-1, -1, 1], [0, 1, 2])
    assert lowered((1, 0, 0)) == (3, [1, 1, 7], [-1, -1, 0], [-1, -1, 1], [1, 0, 2])
    assert lowered(table={}) == lowered(made={}) == untouched
    assert lowered(telling=bytes([1] * 256)) == untouched
    assert lowered(wanted=(0, 0, 0)) == (3, *untouched[1:])
    assert lowered(made={"add": {1: 1}}) == (3, *untouched[1:4], [0, 1, 1])
    assert lowered(made={"add": {1: 5}}) == lowered(made={"add": {1: "1"}}) == untouched
    for below in ([(), (), (0, 5)], [(), (), (0, True)], [(), (), (0, 0.0)], [(), (), (0,)]):
        assert lowered(below=below) == untouched
    assert lowered((9, 1, 0)) == (2, *untouched[1:4], [9, 1, 0]), "of no number of the program"
    assert lowered((-3, 1, 0)) == (2, *untouched[1:4], [-3, 1, 0])
    for wrong, error in (
        ({"numbers": (0, 1)}, ValueError),
        ({"telling": bytes(3)}, TypeError),
        ({"table": {ops.add: "add"}}, TypeError),
        ({"table": {ops.add: ("add", True)}}, TypeError),
        ({"start": -1}, ValueError),
        ({"start": "0"}, TypeError),
        ({"base": 1}, ValueError),
        ({"base": 1, "start": 1}, ValueError),
        ({"base": -1}, ValueError),
        ({"made": [1]}, TypeError),
        ({"below": ((), (), (0, 1))}, TypeError),
    ):
        with pytest.raises(error):
            lowered(**wrong)
    with pytest.raises(TypeError):
        native.lower_pairs(operations, operands)
