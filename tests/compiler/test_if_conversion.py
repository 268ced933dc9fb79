"""An ``if`` between two numbers becomes a choice, where a function decides often."""

import gc
import itertools
import linecache
import math
import random
import threading
from unittest import mock

import numpy as np
import pytest

import autograd
from autograd import Value, grad, hessian, jit, sin, value_and_grad
from autograd.compiler.if_conversion import converted
from autograd.errors import TraceError

pytestmark = pytest.mark.usefixtures("equal_programs_are_made_once")


def by_return(h):
    if h > 0.0:
        return h
    return 0.0


def by_else(h):
    if h <= 0.0:
        return 0.0
    return h


def by_assignment(h):
    if not h > 0.0:
        h = 0.0
    return h


def by_tuple(h):
    y, s = 0.0, 1.0
    if h > 0.0:
        y, s = h, s * 1.0
    return y * s


def by_product(h):
    if h < 0.0:
        h *= 0.0
    return h


def by_local_function(h):
    def rectified(x):
        return x if x > 0.0 else 0.0

    return rectified(h)


class Rectifier:
    floor = 0.0

    def __call__(self, h):
        return h if h > self.floor else self.floor


RECTIFIERS = {
    "by a return": by_return,
    "by else": by_else,
    "by an assignment": by_assignment,
    "by a tuple": by_tuple,
    "by an expression": lambda h: h if h > 0.0 else 0.0,
    "by max": lambda h: max(0.0, h),
    "by max of a list": lambda h: max([h, 0.0]),
    "by a product": by_product,
    "by a local function": by_local_function,
    "by an object": Rectifier(),
    "by a comparison of three": lambda h: h if 0.0 < h < math.inf else 0.0,
    "by and": lambda h: h if h > 0.0 and h > -1.0 else 0.0,
    "by or": lambda h: 0.0 if h < 0.0 or h == 0.0 else h,  # == decides nothing: see below
}
RECTIFIERS["by or"] = lambda h: 0.0 if h < 0.0 or h <= 0.0 else h
SIZES = (2, 6, 6, 1)


def network(activation):
    def loss(w, x, target):
        place, numbers = 0, list(x)
        for inputs, outputs in itertools.pairwise(SIZES):
            sums = []
            for _ in range(outputs):
                *weights, bias = w[place : place + inputs + 1]
                place += inputs + 1
                sums.append(sum((a * b for a, b in zip(weights, numbers, strict=True)), bias))
            numbers = [activation(s) for s in sums] if outputs > 1 else sums
        return (numbers[0] - target) ** 2

    return loss


COUNT = sum((a + 1) * b for a, b in itertools.pairwise(SIZES))


@pytest.mark.parametrize("name", RECTIFIERS)
def test_a_network_of_many_units_by_if_has_one_way_and_the_bits_of_relu(name):
    draw = np.random.default_rng(3)
    arguments = draw.normal(size=COUNT), draw.normal(size=(40, 2)), draw.normal(size=40)
    axes = (None, 0, 0)
    expected = jit(value_and_grad(network(autograd.relu)), axes, reduce="mean")(*arguments)
    fast = jit(value_and_grad(network(RECTIFIERS[name])), axes, reduce="mean")
    found = fast(*arguments)
    assert fast.ways == 1
    assert found[0] == expected[0]
    assert np.array_equal(found[1], expected[1])


def test_without_many_decisions_the_ways_are_kept_apart():
    fast = jit(lambda x: sum((x if x > i else 2.0 * x) for i in range(3)))
    for i in range(4):
        fast(i - 0.5)
    assert fast.ways == 4


counted = []


def with_an_effect(x):
    counted.append(1)
    return x


def many(arm):
    """A function with forty decisions, each by an arm that is given."""

    def function(x):
        return sum(arm(x - 0.1 * i) for i in range(40))

    return function


def appends(x):
    if x > 0.0:
        counted.append(x)
    return x


def leaves_unbound(x):
    if x > 0.0:
        y = x
    else:
        z = x  # noqa: F841
    return y if x > 0.0 else 3.0


KEPT = {
    "a function of the user's": lambda x: with_an_effect(x) if x > 0.0 else 2.0 * x,
    "a list that grows": appends,
    "text": lambda x: len("ab" if x > 0.0 else "c") * x,
    "a truth": lambda x: 2.0 * x if (True if x > 0.0 else False) else x,  # noqa: SIM210
    "a walrus": lambda x: (y := x) * y if x > 0.0 else 2.0 * x,
    "a name without a value": leaves_unbound,
    "sorted": lambda x: sorted([x, 0.5, x * x])[0],
    "a count of Python's": lambda x: sum(x for _ in range(2 if x > 0.0 else 1)),
    "a division by zero": lambda x: x if x > 0.0 else x / (len(counted) * 0.0),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_may_have_effects_keeps_its_ways_and_is_right(name):
    counted.clear()
    function = many(KEPT[name])
    fast = jit(function)
    for x in (0.25, 4.25, 0.75):
        if name == "a division by zero":
            x += 4.0
        counted.clear()
        assert fast(x) == function(Value(x)).data


class Effects:
    """Counts who reads, multiplies, compares and looks up."""

    def __init__(self):
        self.count = 0

    def counted(self, *_):
        self.count += 1
        return 1.0 * self.count

    next = property(counted)
    __mul__ = __getitem__ = __gt__ = __abs__ = counted


def asked(question):
    """A function that decides nine times and asks something of each result."""

    def function(x):
        effects = Effects()
        return sum(question(0.3 * i - x, x, effects) for i in range(9)) + effects.count * x

    return function


def by_caught_division(h, x, effects):
    try:
        return h if h > 0.0 else 5.0 / (0.0 * effects.count)
    except ZeroDivisionError:
        return 100.0


def by_caught_refusal(h, x, effects):
    try:
        return with_an_effect(h) if h > 0.0 else x
    except Exception:
        return 100.0


def by_caught_conversion(h, x, effects):
    count = 3 if h > 0.0 else 4
    try:
        return sum(x for _ in range(count))
    except TypeError:
        return 100.0


bottom = 1000.0


def by_a_class_body(h, x, effects):
    class Unit:
        bottom = h * x
        top = bottom if bottom > 0.0 else 0.0

    return Unit.top


def by_a_list_that_changes(h, x, effects):
    first, second = [x], [h]
    chosen = first if h > 0.0 else second
    chosen[0] = 3.0 * h
    return first[0]


def by_match(h, x, effects):
    match h if h > 0.0 else 0.0:
        case Value():
            return 2.0 * x
        case _:
            return 5.0


def by_a_count(h, x, effects):
    counts = {}
    place = 1 if h > 0.0 else 2
    counts[place] = counts.get(place, 0.0) + h
    return 3.0 * counts.get(1, 0.0) + counts.get(2, 0.0)


def by_a_deleted_name(h, x, effects):
    y = 1.0
    del y
    if h > 0.0:
        y = h
    try:
        return y
    except NameError:
        return 9.0


def by_a_declared_name(h, x, effects):
    y: float
    if h > 0.0:
        y = h
    try:
        return y
    except NameError:
        return 9.0


ASKED = {
    "a property": lambda h, x, effects: h * effects.next if h < 0.0 else h,
    "an operator": lambda h, x, effects: effects * h if h < 0.0 else h,
    "a lookup": lambda h, x, effects: effects[0] if h < 0.0 else h,
    "a comparison": lambda h, x, effects: x if h < 0.0 and effects > 1.0 else h,
    "an operator of a function": lambda h, x, effects: abs(effects) if h < 0.0 else h,
    "an error that is caught": by_caught_division,
    "any error that is caught": by_caught_refusal,
    "a refusal that is caught": by_caught_conversion,
    "the names of a class": by_a_class_body,
    "a list that changes": by_a_list_that_changes,
    "a name that was deleted": by_a_deleted_name,
    "a name without a value": by_a_declared_name,
    "which object": lambda h, x, effects: x if (h if h > x else x) is h else 2.0 * h,
    "which of max": lambda h, x, effects: x if max(h, x) is not h else 2.0 * h,
    "the identity": lambda h, x, effects: {id(h): x}.get(id(h if h > 0.0 else x), 1.0),
    "the type": lambda h, x, effects: 2.0 if type(h if h > 0.0 else 0.0) is float else x,
    "a class": lambda h, x, effects: x if isinstance(h if h > 0.0 else 0.0, Value) else 2.0,
    "a class of numbers": lambda h, x, effects: 2.0 if isinstance(0 if h > 0 else x, int) else x,
    "match": by_match,
    "a key": lambda h, x, effects: {1: 3.0, 2: 4.0}.get(1 if h > 0.0 else 2, 77.0) * x,
    "a count": by_a_count,
    "a member": lambda h, x, effects: x if (1.5 if h > 0.0 else 2.5) in {1.5, 3.5} else h,
    "digits": lambda h, x, effects: len(f"{1 if h > 0.0 else 22}") * x,
    "text": lambda h, x, effects: len("%s" % (1 if h > 0.0 else 22)) * x,
    "a whole zero": lambda h, x, effects: autograd.atan2(-(0 if h > 0.0 else 1), -x),
    "a large whole number": lambda h, x, effects: ((2**53 + 1 if h > 0 else 3) - 2**53) * x,
    "an attribute": lambda h, x, effects: x if hasattr(h if h > 0.0 else 4.0, "hex") else h,
}


@pytest.mark.parametrize("name", ASKED)
def test_what_python_asks_and_counts_is_as_if_only_the_arm_that_is_taken_were_there(name):
    function = asked(ASKED[name])
    fast, slopes = jit(function), jit(value_and_grad(function))
    for x in (0.25, 1.0, 2.5):
        assert repr(fast(x)) == repr(function(Value(x)).data)
        assert slopes(x) == value_and_grad(function)(x)


def test_plain_numbers_that_are_only_computed_with_may_be_chosen():
    def function(x):
        total = 0.0
        for i in range(9):
            slope = 1.0 if x > 0.3 * i else 0.25
            power = 2 if x > 0.2 * i else 3
            total = total + 2.0 * slope * x**power
        return total

    fast = jit(value_and_grad(function))
    for x in (0.25, 1.0, 2.5):
        assert fast(x) == value_and_grad(function)(x)
    assert fast.ways == 1


made = []


def test_functions_that_were_defined_meanwhile_have_their_own_code_afterwards():
    def function(x):
        def unit(h):
            return h if h > 0.0 else 0.0

        made.append(unit)
        return sum(unit(x - 0.3 * i) for i in range(9))

    made.clear()
    fast = jit(function)
    assert fast(1.0) == function(1.0)
    assert fast.ways == 1
    assert len({unit.__code__ for unit in made}) == 1


def test_the_functions_have_their_own_code_afterwards_whatever_happens():
    def unit(h):
        return h if h > 0.0 else 0.0

    def fails(x):
        if len(codes) > 1:
            codes.append(unit.__code__)
            raise KeyError(x)
        codes.append(unit.__code__)
        return sum(unit(x - i) for i in range(9))

    own, codes = unit.__code__, []
    fast = jit(fails)
    fast(4.5)
    assert len(codes) == 2
    assert codes[0] is own
    assert codes[1] is not own  # meanwhile
    assert unit.__code__ is own
    with pytest.raises(KeyError):
        fast([1.0])
    assert unit.__code__ is own


def test_converted_code_decides_as_before_for_plain_numbers_and_values():
    functions = [f for f in RECTIFIERS.values() if hasattr(f, "__code__")]
    codes = [f.__code__ for f in functions]
    for function in functions:
        expected = [function(x) for x in (-1.5, 0.0, 2.5, math.nan)]
        with converted(frozenset(codes)):
            assert function.__code__ not in codes or function in (by_local_function,)
            found = [function(x) for x in (-1.5, 0.0, 2.5, math.nan)]
            value = Value(2.5)
            function(value).backward()
        assert repr(found) == repr(expected)
        assert value.grad == 1.0


def test_what_changes_in_place_changes_in_place_in_converted_code():
    def function(x, total):
        if x > 0.0:
            total += x
        return total

    array = np.zeros(2)
    with converted(frozenset([function.__code__])):
        assert function(1.0, array) is array
    assert array.tolist() == [1.0, 1.0]
    kept = many(lambda x: function(x, np.zeros(1, dtype=object))[0] + x)
    assert jit(kept)(1.05) == kept(Value(1.05)).data


def test_other_threads_may_call_the_functions_meanwhile():
    def unit(h):
        return h if h > 0.0 else 0.25 * h

    function = many(unit)
    expected = function(1.05)
    wrong, stop = [], threading.Event()

    def calls():
        while not stop.is_set():
            if function(1.05) != expected:
                wrong.append(1)

    thread = threading.Thread(target=calls)
    thread.start()
    try:
        for _ in range(5):
            assert jit(function)(1.05) == expected
    finally:
        stop.set()
        thread.join()
    assert not wrong


def test_a_function_may_wait_for_a_thread_that_compiles_what_decides_often():
    def unit(h):
        return h if h > 0 else 0.25 * h

    own, found = unit.__code__, []

    def function(x):
        def works():
            found.append(jit(many(unit))(1.05))

        found.clear()
        thread = threading.Thread(target=works, daemon=True)
        thread.start()
        thread.join(30)
        return many(unit)(x) + found[0]

    fast = jit(function)
    assert fast(1.05) == 2.0 * many(unit)(1.05)
    assert fast.ways == 1
    assert unit.__code__ is own


def test_an_if_in_the_body_of_a_loop_may_stand_there_often():
    def function(x):
        def step(i, total):
            for place in range(20):
                total = total + (x if total < place else -0.5 * x)
            return total

        return autograd.fori_loop(0, 3, step, 0.0)

    assert jit(function)(0.7) == pytest.approx(function(0.7), rel=1e-14)
    assert jit(grad(function))(0.7) == pytest.approx(grad(function)(0.7), rel=1e-14)


def test_a_file_holds_a_function_that_decides_often(tmp_path):
    fast = jit(many(by_return))
    fast(1.05)
    assert fast.save(tmp_path / "f.c").exists()


def test_decisions_that_cannot_be_choices_still_end_in_an_error_that_counts_them():
    fast = jit(many(KEPT["a function of the user's"]), max_paths=3)
    for i in range(3):
        fast(0.1 * i + 0.05)
    with pytest.raises(TraceError, match="more than 3 ways"):
        fast(0.35)


# -- random programs ------------------------------------------------------------------------------

TESTS = """
{a} > {b} | {a} <= {b} | not {a} < {b} | {a} > {b} and {b} > 0 | {a} < {b} or {a} > 1 |
-1 < {a} < {b} | {a} > {b} and not {b} >= 0.5 | max({a}, {b}) > 0.25
""".split("|")
NUMBERS = """
{a} | {b} | 0.0 | {a} * {b} | -{a} | {a} + 0.5 | sin({a}) | abs({b}) | {a} ** 2 |
max({a}, {b}) | min({a}, 0.5, {b}) | 3 | xs[1] | relu({a}) - {b}
""".split("|")


def program(draw):
    """Return the source of a function of two numbers with at least eight decisions."""
    names = ["x", "y", "u", "v"]
    lines = ["def function(x, y):", "    xs = [x, y]", "    u, v = x, y"]

    def some(templates):
        return draw.choice(templates).strip().format(a=draw.choice(names), b=draw.choice(names))

    for number in range(draw.randint(8, 14)):
        name, test = draw.choice(["u", "v"]), some(TESTS)
        kind = draw.randrange(6)
        if kind == 0:
            lines += [f"    {name} = {some(NUMBERS)} if {test} else {some(NUMBERS)}"]
        elif kind == 1:
            lines += [f"    if {test}:", f"        {name} = {some(NUMBERS)}"]
        elif kind == 2:
            lines += [f"    if {test}:", f"        u, v = {some(NUMBERS)}, {some(NUMBERS)}"]
            lines += [f"    elif {some(TESTS)}:", f"        {name} += {some(NUMBERS)}"]
        elif kind == 3:
            lines += [f"    def piece{number}(h):", f"        if h > {some(NUMBERS)}:"]
            lines += [f"            return h * {draw.uniform(-1, 1):.3f}", "        return h"]
            lines += [f"    {name} = piece{number}({name})"]
        elif kind == 4:
            lines += [f"    {name} = sum([(h if h > 0 else 0.25 * h) for h in (x, {name})])"]
        else:
            lines += [f"    {name} = max(0.0, {name} * {some(NUMBERS)} - y)"]
        lines += [f"    {name} = sin({name}) + 0.5 * x"]
    return "\n".join([*lines, "    if u > v:", "        return u * v", "    return u - v"]) + "\n"


def compiled_source(source, name):
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope = {"sin": sin, "relu": autograd.relu}
    exec(compile(source, name, "exec"), scope)
    return scope["function"]


@pytest.fixture
def collector_off():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("collect", [None, *range(3)])
def test_functions_are_found_however_often_the_collector_ran(collector_off, collect):
    def defined():
        return compiled_source("def function(x):\n    return x if x > 0.0 else -x\n", name)

    def between():
        if collect is not None:
            gc.collect(collect)

    name = "<functions that are found>"
    old = defined()
    with converted([old.__code__]):
        between()
    new, own = defined(), old.__code__
    between()
    with mock.patch.object(gc, "get_objects", wraps=gc.get_objects) as searched:
        with converted([own]):
            assert old.__code__ == new.__code__ != own
            between()
        assert old.__code__ == new.__code__ == own
    if collect is None:  # what is new is among the youngest objects
        assert {call.kwargs["generation"] for call in searched.call_args_list} == {0}


def check_programs(seeds, max_paths, equal):
    merged = 0
    for seed in seeds:
        draw = random.Random(seed)
        source, name = program(draw), f"<random program {seed}>"
        function = compiled_source(source, name)
        points = [(draw.uniform(-2, 2), draw.uniform(-2, 2)) for _ in range(3)]
        by_both = value_and_grad(function, (0, 1))
        bends = hessian(lambda p, f=function: f(*p))
        fast, slopes = (jit(f, max_paths=max_paths) for f in (function, by_both))
        rows, bend = (
            jit(f, axes, max_paths=max_paths) for f, axes in ((by_both, 0), (bends, None))
        )
        values, (by_x, by_y) = rows(*np.array(points).T)
        for row, point in enumerate(points):
            eager = by_both(*point)
            assert fast(*point) == values[row] == slopes(*point)[0] == eager[0], source
            assert equal([by_x[row], by_y[row]], eager[1]), source
            assert equal(slopes(*point)[1], eager[1]), source
            assert equal(bend(list(point)), bends(list(point))), source
        merged += fast.ways == 1
        del linecache.cache[name]
    return merged


def is_close(found, expected):
    size = 1.0 + np.abs(expected).max()
    return bool(np.allclose(np.array(found) / size, np.array(expected) / size, rtol=0, atol=1e-11))


def test_random_programs_full_of_decisions_have_the_bits_of_eager_code():
    check_programs(range(2), 64, np.array_equal)


def test_random_programs_with_more_ways_than_are_allowed_become_one_way():
    assert check_programs(range(2), 1, is_close) == 2


@pytest.mark.slow
@pytest.mark.parametrize("start", range(10, 50, 20))
def test_many_random_programs_full_of_decisions_have_the_bits_of_eager_code(start):
    check_programs(range(start, start + 20), 64, np.array_equal)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(10, 50, 20))
def test_many_random_programs_with_more_ways_than_are_allowed_become_one_way(start):
    assert check_programs(range(start, start + 20), 1, is_close) == 20
