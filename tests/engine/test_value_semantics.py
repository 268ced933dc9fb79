"""Section 1 of the contract, line by line: what a Value is, and what backward does."""

import copy
import math
import pickle
import threading
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest

import autograd as ag
from autograd import Value, zero_grad

# -- what a node knows -------------------------------------------------------------------------


def test_a_leaf():
    x = Value(3, label="x")
    assert (x.data, x.grad, x.label, x.op, x.args, x.partials) == (3.0, 0.0, "x", None, (), ())
    assert type(x.data) is type(x.grad) is float
    assert x.is_leaf
    assert x.item() == 3.0
    assert (x._prev, x._op) == (set(), "")


def test_a_node_knows_its_operation_operands_and_partials():
    x, y = Value(3.0), Value(4.0)
    z = x * y
    assert (z.op.name, z.op.symbol, z._op) == ("multiply", "*", "*")
    assert z.args == (x, y)
    assert z.partials == (4.0, 3.0)
    assert z._prev == {x, y}
    assert not z.is_leaf
    assert z.grad == 0.0


def test_constants_are_plain_floats_without_a_partial():
    x = Value(3.0)
    for node, args, partials in (
        (x + 1, (x, 1.0), (1.0, None)),
        (1 - x, (1.0, x), (None, -1.0)),
        (2 * x, (2.0, x), (None, 2.0)),
        (x / 2, (x, 2.0), (0.5, None)),
        (x**2, (x, 2.0), (6.0, None)),
        (2**x, (2.0, x), (None, 8.0 * math.log(2.0))),
        (ag.clip(x, 0, 5), (x, 0.0, 5.0), (1.0, None, None)),
    ):
        assert node.args == args
        assert node.partials == pytest.approx(partials)
        assert [type(arg) for arg in node.args] == [type(arg) for arg in args]


def test_the_same_operand_twice_stands_twice():
    x = Value(3.0)
    assert (x * x).args == (x, x)
    (x * x).backward()
    assert x.grad == 6.0


def test_symbols_are_python_s_spelling():
    x = Value(0.5)
    nodes = [x + 1, x - 1, x * 2, x / 2, x**2, -x, abs(x), ag.tanh(x), ag.maximum(x, 0.25)]
    assert [node.op.symbol for node in nodes] == "+ - * / ** - abs tanh maximum".split()


def test_repr_and_format():
    assert repr(Value(2.0)) == "Value(data=2.0, grad=0.0)"
    assert repr(Value(2.0, label="x")) == "Value(data=2.0, grad=0.0, label='x')"
    assert f"{Value(2.0):.3f}" == "2.000"
    assert f"{Value(2.0)}" == "Value(data=2.0, grad=0.0)"
    assert f"{Value(2.5):8.1e}" == " 2.5e+00"


@pytest.mark.parametrize("name", ["args", "partials", "is_leaf", "scope", "_prev", "_op"])
def test_what_is_recorded_is_read_only(name):
    node = Value(1.0) * 2
    with pytest.raises(AttributeError):
        setattr(node, name, None)


def test_a_value_has_no_room_for_other_attributes():
    with pytest.raises(AttributeError):
        Value(1.0).name = "x"


@pytest.mark.parametrize("label", [None, 3, b"x", ["x"], []])
def test_a_label_is_a_str(label):
    with pytest.raises(TypeError, match="label"):
        Value(1.0, label=label)


def test_values_compare_by_number_and_a_value_equals_itself():
    x, y = Value(2.0), Value(2.0)
    assert (x == x, x != x, x in [x, y], {x: 1, y: 2}[y]) == (True, False, True, 2)
    assert len({x, y, x}) == 2
    assert (x < 3, x <= 2, x > 3, x >= 2, x > 1, x < y, x <= y) == (
        True,
        True,
        False,
        True,
        True,
        False,
        True,
    )
    assert (x == "2") is False
    assert (x == None) is False  # noqa: E711 - the operator itself is tried
    assert x not in ["a", None]
    assert all(type(answer) is bool for answer in (x < 3, x <= y))


OTHERS = [2, 2.0, True, numpy.float64(2.0), Decimal(2), Fraction(2), 2 + 0j, Value(2.0)]


@pytest.mark.parametrize("other", OTHERS)
def test_equality_with_a_number_or_another_value_names_both_ways_out(other):
    x = Value(2.0)
    for compare in (lambda: x == other, lambda: x != other, lambda: other == x, lambda: other != x):
        with pytest.raises(TypeError, match=r"a\.data == b\.data .* or a is b"):
            compare()


def test_equality_of_traced_values_is_refused_with_what_to_write():
    def mean(a, b):
        return a if a == b else (a - b) / (ag.log(a) - ag.log(b))

    pytest.importorskip("llvmlite", reason="traces for the extra jit")
    with pytest.raises(ag.TraceError, match=r"\(a <= b\) & \(a >= b\)"):
        ag.jit(mean)(2.0, 2.0)
    for other in OTHERS:
        with pytest.raises(ag.TraceError, match=r"\(a <= b\) & \(a >= b\)"):
            ag.jit(lambda x, other=other: 1.0 if x == other else x)(2.0)
    fast = ag.jit(lambda a, b: a if (a <= b) & (a >= b) else a - b)
    assert (fast(2.0, 2.0), fast(2.0, 3.0)) == (2.0, -1.0)


def test_comparisons_with_nan_are_false():
    x = Value(math.nan)
    assert [x < 1, x <= 1, x > 1, x >= 1] == [False] * 4


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (float, "v.data"),
        (int, "v.data"),
        (bool, "v.data"),
        (math.sin, "autograd.sin"),
        (lambda v: [1, 2][v], "autograd.take"),
        (range, "autograd.fori_loop"),
        (lambda v: v if v else 0, "v > 0"),
        (complex, "v.data|argument"),
    ],
)
def test_a_gradient_is_never_dropped_in_silence(use, words):
    with pytest.raises(TypeError, match=words):
        use(Value(1.5))


@pytest.mark.parametrize("at", [2.5, -2.5, 0.7, -0.7, 0.0, -0.0, 1e300, math.inf, -math.inf])
@pytest.mark.parametrize("cut", [math.trunc, numpy.trunc, numpy.fix])
def test_numbers_are_cut_towards_zero_as_numpy_cuts_them(cut, at):
    x = Value(at)
    y = cut(x)
    wanted = numpy.trunc(at).tobytes()
    y.backward(math.inf)
    assert (numpy.float64(y.data).tobytes(), x.grad) == (wanted, 0.0)
    assert numpy.float64(ag.jit(lambda x: cut(x))(at)).tobytes() == wanted
    assert ag.grad(lambda x: cut(x) * x)(at) == y.data or math.isinf(at)
    assert ag.jit(ag.grad(ag.grad(lambda x: cut(x) * x)))(2.5) == 0.0


def test_python_s_rounding_is_ours():
    x = Value(2.5)
    assert [f(x).data for f in (round, math.floor, math.ceil)] == [2.0, 2.0, 3.0]
    assert [f(x).op for f in (round, math.floor, math.ceil)] == [ag.round, ag.floor, ag.ceil]
    with pytest.raises(TypeError, match=r"round\(100 \* v\) / 100"):
        round(x, 1)


# -- backward ----------------------------------------------------------------------------------


def test_the_example_of_the_issue():
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = ag.relu(z) + z * x
    h = ag.relu(z * z)
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_micrograd_s_readme():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_backward_gives_every_node_its_gradient_the_root_s_is_one():
    x = Value(3.0)
    y = x * x
    z = y + x
    z.backward()
    assert (z.grad, y.grad, x.grad) == (1.0, 1.0, 7.0)


def test_a_second_call_adds_and_does_not_multiply():
    x = Value(3.0)
    y = x * x
    z = y * 2
    for times in (1, 2, 3):
        z.backward()
        assert (z.grad, y.grad, x.grad) == (1.0 * times, 2.0 * times, 12.0 * times)


def test_leaves_accumulate_over_roots():
    w = Value(2.0)
    for x in (1.0, 2.0, 3.0):
        (w * x).backward()
    assert w.grad == 6.0


def test_a_gradient_from_further_on():
    x = Value(3.0)
    (x * x).backward(0.5)
    assert x.grad == 3.0
    (x * x).backward(gradient=True)
    assert x.grad == 9.0


def test_backward_on_a_leaf():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_zero_grad_clears_every_node_below():
    x = Value(3.0)
    y = x * x
    z = y + 1
    z.backward()
    zero_grad(z)
    assert (x.grad, y.grad, z.grad) == (0.0, 0.0, 0.0)


def test_backward_of_an_inner_node_touches_only_what_is_below():
    x = Value(3.0)
    y = x * x
    z = y * 5
    y.backward()
    assert (x.grad, y.grad, z.grad) == (6.0, 1.0, 0.0)


def test_gradients_belong_to_the_recorded_numbers():
    x, w = Value(3.0), Value(2.0)
    y = x * w
    x.data = 100.0
    assert y.data == 6.0
    y.backward()
    assert (x.grad, w.grad) == (2.0, 3.0)
    assert y.partials == (2.0, 3.0)


@pytest.mark.parametrize(
    "reader",
    [
        lambda y, x: ag.gradient(y, [x]),
        lambda y, x: list(ag.steps(y)),
        lambda y, x: str(ag.explain(y, x)),
        lambda y, x: str(ag.derivation(y, x)),
        lambda y, x: ag.explore(y),
    ],
)
def test_readers_of_operands_refuse_an_edited_leaf_by_name(reader):
    x = Value(3.0, label="speed")
    y = x * x
    x.data = 4.0
    with pytest.raises(ValueError, match="'speed'") as caught:
        reader(y, x)
    assert isinstance(caught.value, ag.AutogradError)
    reader(x * x, x)  # computed again it is read again


def test_an_edit_to_the_same_number_is_no_edit():
    x = Value(3.0)
    y = x * x
    x.data = 3
    assert ag.gradient(y, [x])[0].data == 6.0


def test_only_a_leaf_s_number_can_be_edited():
    y = Value(3.0) * 2
    with pytest.raises(ValueError, match="multiply"):
        y.data = 4.0
    assert y.data == 6.0


def test_what_an_optimiser_does():
    w = Value(1.0)
    for _ in range(100):
        w.grad = 0.0
        ((w - 3) ** 2).backward()
        w.data -= 0.1 * w.grad
    assert w.data == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("make", "grads"),
    [
        (lambda a, b: ag.where(a > 0, a * 2, ag.log(b)), (2.0, 0.0)),
        (lambda a, b: ag.log(b) * 0.0 + a, (1.0, math.nan)),
        (lambda a, b: ag.where(a > 0, a, b * ag.log(b)), (1.0, 0.0)),
        (lambda a, b: ag.relu(-a) * b + ag.relu(-1 / b) + ag.relu(-a - ag.sqrt(b)), (0.0, 0.0)),
        (lambda a, b: ag.relu(-ag.exp(a * 1e4)) + b, (0.0, 1.0)),
        (lambda a, b: ag.stop_gradient(ag.sqrt(b)) + a, (1.0, 0.0)),
        (lambda a, b: ag.sqrt(b) ** 2, (0.0, math.nan)),
        (lambda a, b: ag.leaky_relu(1 / b, a), (0.0, -math.inf)),
        (lambda a, b: ag.maximum(a, 1 / b), (0.0, -math.inf)),
        (lambda a, b: ag.minimum(a, 1 / b), (1.0, 0.0)),
        (lambda a, b: ag.clip(1 / b, 0.0, 5.0) * a, (5.0, 0.0)),
        (lambda a, b: ag.sign(1 / b) + ag.floor(ag.log(b)) + a, (1.0, 0.0)),
    ],
)
def test_zero_times_infinity_is_nan_but_nothing_passes_to_what_was_not_chosen(make, grads):
    a, b = Value(1.0), Value(0.0)
    make(a, b).backward()
    for leaf, expected in zip((a, b), grads, strict=True):
        assert leaf.grad == expected or (math.isnan(leaf.grad) and math.isnan(expected))


def test_the_second_derivative_at_a_zero_residual():
    assert ag.grad(ag.grad(lambda x: ag.log(x) ** 2))(1.0) == 2.0
    x = Value(1.0)
    (slope,) = ag.gradient(ag.log(x) ** 2, [x])
    (curvature,) = ag.gradient(slope, [x])
    assert (slope.data, curvature.data) == (0.0, 2.0)


# -- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compute", "data"),
    [
        (lambda x: x / 0, math.inf),
        (lambda x: -x / 0.0, -math.inf),
        (lambda x: 0 / (x - 1), math.nan),
        (lambda x: x / -0.0, -math.inf),
        (lambda x: ag.log(-x), math.nan),
        (lambda x: ag.log(x - 1), -math.inf),
        (lambda x: ag.exp(1000 * x), math.inf),
        (lambda x: (-8 * x) ** (1 / 3), math.nan),
        (lambda x: (x - 1) ** -1, math.inf),
        (lambda x: (1e200 * x) ** 2, math.inf),
        (lambda x: (-1e200 * x) ** 3, -math.inf),
        (lambda x: (x * math.nan) ** 0, 1.0),
        (lambda x: 1e308 * x * 10, math.inf),
        (lambda x: ag.sqrt(-x), math.nan),
        (lambda x: ag.sin(x / 0), math.nan),
    ],
)
def test_numbers_follow_ieee_754_and_never_raise(compute, data):
    node = compute(Value(1.0))
    assert type(node.data) is float
    assert node.data == data or (math.isnan(node.data) and math.isnan(data))
    node.backward()


def test_detect_anomaly_names_operation_operands_and_line():
    x, y = Value(0.0, label="rate"), Value(2.0)
    with ag.detect_anomaly(), pytest.raises(FloatingPointError) as caught:
        y * ag.log(x)  # the line that is named
    words = str(caught.value)
    for part in ("log", "rate", "0.0", "-inf", "test_value_semantics.py", "the line that is named"):
        assert part in words
    assert isinstance(caught.value, ag.AutogradError)


def test_detect_anomaly_sees_an_infinite_derivative_and_backward():
    with ag.detect_anomaly(), pytest.raises(FloatingPointError, match="sqrt"):
        ag.sqrt(Value(0.0))
    x = Value(1e200)
    with ag.detect_anomaly():
        y = (x * 1e100) * 1.0
        z = y * 1e8
        with pytest.raises(FloatingPointError, match="backward"):
            z.backward(1e308)


# -- modes -------------------------------------------------------------------------------------


def test_no_grad_records_nothing_as_a_context_and_as_a_decorator():
    w = Value(3.0)

    @ag.no_grad()
    def predict(x):
        return ag.tanh(w * x) + ag.clip(w, 0, 1)

    for _ in range(2):
        y = predict(2.0)
        assert isinstance(y, Value)
        assert y.is_leaf
    assert not (w * 2).is_leaf
    with ag.no_grad():
        with ag.no_grad():
            pass
        assert (w * 2).is_leaf
    assert not (w * 2).is_leaf


def test_no_grad_ends_with_an_error():
    with pytest.raises(RuntimeError), ag.no_grad():
        raise RuntimeError
    assert not (Value(1.0) * 2).is_leaf


def test_modes_belong_to_the_thread():
    seen = []

    def other():
        seen.append((Value(1.0) * 2).is_leaf)
        with ag.scope("there"):
            seen.append((Value(1.0) * 2).scope.name)

    with ag.no_grad(), ag.scope("here"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == [False, "there"]


def test_scopes_name_what_is_made_inside():
    with ag.scope("outer"):
        a = Value(1.0) * 2
        with ag.scope("inner"):
            b = a + 1
    c = b * 3
    assert [s.name for s in b.scope.path()] == ["outer", "inner"]
    assert a.scope is b.scope.parent
    assert c.scope is None
    with pytest.raises(TypeError):
        ag.scope(3)


def test_a_leaf_knows_the_scope_in_which_it_was_made():
    with ag.scope("outer"), ag.scope("inner"):
        leaf = Value(1.0)
        with ag.no_grad():
            number = leaf * 2
    assert [s.name for s in leaf.scope.path()] == ["outer", "inner"]
    assert number.scope is leaf.scope is copy.deepcopy(leaf).scope
    loaded = pickle.loads(pickle.dumps(leaf))
    assert [s.name for s in loaded.scope.path()] == ["outer", "inner"]
    assert Value(1.0).scope is None


def test_leaving_a_mode_leaves_those_within_that_were_not_left():
    """As after Ctrl-C between the end of a block and the first line of __exit__."""
    outer = ag.scope("outer")
    outer.__enter__()
    ag.no_grad().__enter__()
    ag.scope("inner").__enter__()
    ag.detect_anomaly().__enter__()
    assert (Value(2.0) * 3).is_leaf
    outer.__exit__()
    y = Value(0.0) * 3
    assert (y.is_leaf, y.scope) == (False, None)
    assert ag.log(y).data == -math.inf
    outer.__exit__()  # twice does no harm, within another mode either
    with ag.scope("other"):
        outer.__exit__()
        assert (y * 2).scope.name == "other"


def test_a_generator_may_hold_a_mode_open_beyond_the_block_it_was_entered_in():
    w = Value(2.0)

    def batches():
        with ag.scope("data"):
            yield 1.0
            yield 2.0

    def without_recording():
        with ag.no_grad():
            yield (w * 2.0).is_leaf
            yield (w * 2.0).is_leaf

    rows = batches()
    next(rows)
    with ag.no_grad():
        assert list(rows) == [2.0]
        assert (w * 3.0).is_leaf
    looks = without_recording()
    with ag.scope("s"):
        assert next(looks)
    assert list(looks) == [True]
    assert not (w * 3.0).is_leaf
    rows = batches()
    next(rows)
    with ag.detect_anomaly():
        rows.close()
        with pytest.raises(FloatingPointError):
            ag.log(w * 0.0)
    assert list(ag.scope("o")(without_recording)()) == [True, True]
    assert (w * 3.0).scope is None


def test_a_decorated_generator_gets_what_is_sent_and_thrown():
    ends = []

    @ag.no_grad
    def echo():
        try:
            got = yield 0
            try:
                yield got
            except ValueError:
                yield (Value(1.0) * 2).is_leaf
        finally:
            ends.append((Value(1.0) * 2).is_leaf)

    steps = echo()
    assert next(steps) == 0
    assert steps.send(5) == 5
    assert steps.throw(ValueError) is True
    steps.close()
    assert ends == [True]
    assert not (Value(1.0) * 2).is_leaf


# -- NumPy -------------------------------------------------------------------------------------


def test_numpy_arrays_of_values():
    x = numpy.array([Value(1.0), Value(2.0)])
    y = (numpy.sin(x) @ x + numpy.sum(x) + numpy.dot(x, [3.0, 4.0])) * numpy.float64(2)
    assert isinstance(y, Value)
    y.backward()
    expected = [2 * (math.sin(v) + v * math.cos(v) + 1 + k) for v, k in ((1.0, 3.0), (2.0, 4.0))]
    assert [leaf.grad for leaf in x] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    "name",
    "sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arctanh exp expm1 log log1p "
    "log2 log10 sqrt cbrt absolute fabs floor ceil rint negative".split(),
)
def test_numpy_functions_call_ours(name):
    with numpy.errstate(all="ignore"):
        expected = getattr(numpy, name)(0.5)
    result = getattr(numpy, name)(numpy.array([Value(0.5)], dtype=object))[0]
    assert isinstance(result, Value)
    assert result.data == pytest.approx(expected, rel=1e-15)


def test_numpy_functions_of_two_operands_call_ours():
    a, b = numpy.array([Value(0.5)]), numpy.array([Value(0.25)])
    for name in ("arctan2", "hypot", "maximum", "minimum", "add", "multiply", "power"):
        result = getattr(numpy, name)(a, b)[0]
        assert isinstance(result, Value)
        assert result.data == pytest.approx(getattr(numpy, name)(0.5, 0.25), rel=1e-15)


def test_value_times_an_array_is_an_array_of_values():
    for array in (Value(2.0) * numpy.array([1.0, 2.0]), numpy.array([1.0, 2.0]) * Value(2.0)):
        assert [value.data for value in array] == [2.0, 4.0]
    matrix = numpy.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    assert [[v.data for v in row] for row in matrix @ matrix] == [[7.0, 10.0], [15.0, 22.0]]


def test_a_numpy_scalar_on_the_left_gives_a_value():
    for scalar in (numpy.float64(2), numpy.float32(2), numpy.int64(2)):
        assert type(scalar * Value(3.0)) is Value
        assert (scalar - Value(3.0)).data == -1.0
        assert (scalar / Value(4.0)).data == 0.5
        assert (scalar ** Value(3.0)).data == 8.0


# -- copies ------------------------------------------------------------------------------------


def test_deepcopy_is_a_graph_of_its_own():
    x = Value(3.0, label="x")
    y = ag.clip(x, 0, 5) * x
    twin = copy.deepcopy(y)
    twin.backward()
    assert (x.grad, y.grad) == (0.0, 0.0)
    leaf = twin.args[1]
    assert (leaf.label, leaf.grad) == ("x", 6.0)
    assert twin.args[0].args[0] is leaf
    assert twin.op is y.op


def test_deepcopy_shares_nodes_through_its_memo():
    x = Value(3.0)
    y, z = x * 2, x * 3
    twin_y, twin_z, twin_x = copy.deepcopy([y, z, x])
    (twin_y + twin_z).backward()
    assert twin_x.grad == 5.0
    assert x.grad == 0.0


def test_copy_shares_the_operands():
    x = Value(3.0)
    y = x * x
    twin = copy.copy(y)
    assert twin is not y
    assert twin.args == (x, x)
    twin.backward()
    assert x.grad == 6.0


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(protocol):
    x, w = Value(3.0, label="x"), Value(2.0)
    with ag.scope("s"):
        y = ag.clip(x, 0, 5) * w + ag.tanh(x) * 0.5
    y.label = "y"
    y.backward()
    twin_y, twin_x, twin_w = pickle.loads(pickle.dumps([y, x, w], protocol))
    assert (twin_y.data, twin_y.grad, twin_y.label) == (y.data, 1.0, "y")
    assert (twin_x.grad, twin_w.grad, twin_x.label) == (x.grad, w.grad, "x")
    assert twin_y.scope.name == "s"
    zero_grad(twin_y)
    twin_y.backward()
    assert (twin_x.grad, twin_w.grad) == (x.grad, w.grad)  # they share their leaves
    assert twin_y.op is y.op  # operations travel by name


def test_operations_are_pickled_and_copied_as_themselves():
    for thing in (ag.tanh, ag.abs, ag.maximum):
        assert pickle.loads(pickle.dumps(thing)) is thing
        assert copy.deepcopy(thing) is thing
        assert copy.copy(thing) is thing
