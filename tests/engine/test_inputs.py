"""Every function, operator and transform with every kind of thing that a user may pass.

Accepted with a documented meaning, or refused with a TypeError or an OverflowError that says so;
never an answer of another type.
"""

import math
import operator
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from table_rows import operands_of

import autograd as ag
from autograd import Value
from autograd.table.operation import TABLE

ROWS = [row for row in TABLE.values() if row.public]
NUMBERS = [
    True,
    1,
    0.5,
    Fraction(1, 2),
    numpy.float64(0.5),
    numpy.float32(0.5),
    numpy.float16(0.5),
    numpy.int64(1),
    numpy.uint8(1),
    numpy.bool_(True),
    numpy.array(0.5),  # of no dimension
    math.nan,
    math.inf,
    -math.inf,
]
OTHERS = [
    "1",
    b"1",
    None,
    [1.0],
    (1.0,),
    {"x": 1.0},
    1j,
    Decimal("0.5"),
    object(),
    numpy.complex128(1),
]
HUGE = [10**400, -(10**400), Fraction(10**400, 3)]
name_of = {"ids": lambda thing: f"{type(thing).__name__}-{str(thing)[:8]}"}


def operands(row, index, thing):
    """Return operands of which one is the thing, and the others fit the row."""
    usual = operands_of(row, [1.5] if row.name == "acosh" else [0.5, 0.25, 0.75])
    return [*usual[:index], thing, *usual[index + 1 :]]


@pytest.mark.parametrize("number", NUMBERS, **name_of)
def test_functions_take_real_numbers_for_floats(number):
    for row in ROWS:
        for index in row.variables:
            given = operands(row, index, number)
            plain = row(*given)
            assert type(plain) is float
            as_float = row(*operands(row, index, float(number)))
            assert plain == as_float or (math.isnan(plain) and math.isnan(as_float))
            others = [other for other in row.variables if other != index]
            for other in others:
                given = operands(row, index, number)
                given[other] = Value(given[other])
                node = row(*given)
                assert isinstance(node, Value)
                assert node.args[index] == float(number) or math.isnan(number)
                assert type(node.args[index]) is float
                assert node.partials[index] is None


@pytest.mark.parametrize("thing", OTHERS, **name_of)
def test_functions_refuse_what_is_no_real_number_by_name(thing):
    for row in ROWS:
        for index in range(row.arity):
            with pytest.raises(TypeError) as caught:
                row(*operands(row, index, thing))
            assert isinstance(caught.value, ag.AutogradError)
            assert row.name in str(caught.value)
            if not row.static:
                name = "None" if thing is None else type(thing).__name__
                assert name in str(caught.value)


@pytest.mark.parametrize("number", HUGE, **name_of)
def test_functions_refuse_what_is_too_large_for_a_float(number):
    for row in ROWS:
        for index in row.variables:
            with pytest.raises(OverflowError, match="too large for a float") as caught:
                row(*operands(row, index, number))
            assert isinstance(caught.value, ag.AutogradError)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_functions_refuse_a_wrong_number_of_operands(row):
    fitting = operands(row, 0, 0.5)
    with pytest.raises(TypeError, match="takes"):
        row(*fitting, 1.0)
    with pytest.raises(TypeError):
        row()
    with pytest.raises(TypeError):
        row(*fitting, nonsense=1.0)


OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.pow,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
]
COMPARISONS = OPERATORS[5:]


@pytest.mark.parametrize("apply", OPERATORS)
@pytest.mark.parametrize("number", NUMBERS[:-4], **name_of)
def test_operators_take_real_numbers_on_either_side(apply, number):
    for left, right in ((Value(0.5), number), (number, Value(0.5))):
        result = apply(left, right)
        plain = apply(
            *[float(side.data if isinstance(side, Value) else side) for side in (left, right)]
        )
        if apply in COMPARISONS:
            assert result is plain or (type(result) is numpy.bool_ and bool(result) is plain)
        else:
            assert type(result) is Value
            assert result.data == plain


@pytest.mark.parametrize("apply", OPERATORS)
@pytest.mark.parametrize("thing", OTHERS, **name_of)
def test_operators_leave_other_types_to_python(apply, thing):
    for left, right in ((Value(0.5), thing), (thing, Value(0.5))):
        with pytest.raises(TypeError):
            apply(left, right)


@pytest.mark.parametrize("apply", OPERATORS)
@pytest.mark.parametrize("number", HUGE, **name_of)
def test_operators_refuse_what_is_too_large_for_a_float(apply, number):
    for left, right in ((Value(0.5), number), (number, Value(0.5))):
        with pytest.raises(OverflowError):
            apply(left, right)


REDUCTIONS = [ag.sum, ag.mean, ag.prod, ag.logsumexp, ag.softmax, lambda xs: ag.dot(xs, xs)]


@pytest.mark.parametrize("reduce", REDUCTIONS)
def test_reductions_take_real_numbers_and_refuse_others(reduce):
    for number in NUMBERS:
        result = reduce([number, 0.5])
        assert type(result[0] if isinstance(result, list) else result) is float
    for thing in OTHERS:
        with pytest.raises(TypeError) as caught:
            reduce([0.5, thing])
        assert isinstance(caught.value, ag.AutogradError)
    for number in HUGE:
        with pytest.raises(OverflowError):
            reduce([0.5, number])
    for thing in (None, 3, 0.5, 1j):
        with pytest.raises(TypeError):
            reduce(thing)


TRANSFORMS = {
    "grad": lambda x: ag.grad(lambda x: x * x)(x),
    "value_and_grad": lambda x: ag.value_and_grad(lambda x: x * x)(x)[1],
    "jacobian": lambda x: ag.jacobian(lambda x: x * x)(x),
    "hessian": lambda x: ag.hessian(lambda x: x * x)(x),
    "jvp": lambda x: ag.jvp(lambda x: x * x, (x,), (1.0,))[1],
    "vjp": lambda x: ag.vjp(lambda x: x * x, x)[1](1.0)[0],
    "hvp": lambda x: ag.hvp(lambda x: x * x, (x,), (1.0,)),
    "tangent": lambda x: ag.jvp(lambda x: x * x, (1.0,), (x,))[1],
    "cotangent": lambda x: ag.vjp(lambda x: x * x, 1.0)[1](x)[0],
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms_take_real_numbers_and_refuse_others(name):
    for number in NUMBERS:
        assert type(TRANSFORMS[name](number)) is float, number
    for thing in ("1", b"1", 1j, Decimal("0.5"), object(), numpy.complex128(1)):
        with pytest.raises(TypeError) as caught:
            TRANSFORMS[name](thing)
        assert isinstance(caught.value, ag.AutogradError), thing
    for thing in (None, [1.0], {"x": 1.0}):  # a structure of none or of one number
        with pytest.raises((TypeError, ValueError)):
            TRANSFORMS[name](thing)
    for number in HUGE:
        with pytest.raises(OverflowError):
            TRANSFORMS[name](number)


@pytest.mark.parametrize("transform", [ag.grad, ag.value_and_grad, ag.jacobian, ag.hessian])
def test_transforms_refuse_what_is_no_function_and_wrong_argnums(transform):
    for thing in (None, 3, "f"):
        with pytest.raises(TypeError):
            transform(thing)
    for argnums in ("0", 1.0, True, None):
        with pytest.raises(TypeError):
            transform(lambda x: x, argnums)(1.0)
    with pytest.raises(ValueError, match="argnums"):
        transform(lambda x: x, 1)(1.0)


def test_hvp_speaks_for_itself():
    with pytest.raises(TypeError, match="hvp: the primals"):
        ag.hvp(lambda x: x * x, 2.0, 1.0)
    with pytest.raises(ValueError, match="hvp: the function must return one number"):
        ag.hvp(lambda x: [x], (2.0,), (1.0,))
    with pytest.raises(ValueError, match="hvp: the tangents"):
        ag.hvp(lambda x: x * x, (2.0,), ([1.0],))


@pytest.mark.parametrize(
    "order", [math.nan, math.inf, -math.inf, -1.0, 0.5, 1001, 1e300, Value(1.0), "1", None]
)
@pytest.mark.parametrize("x", [2.0, Value(2.0)])
def test_the_order_of_polygamma_is_a_small_whole_number(order, x):
    with pytest.raises(TypeError, match=r"n must be a plain whole number|n is at most 1000"):
        ag.polygamma(order, x)


def test_what_no_grad_makes_within_a_derivative_is_a_number():
    square = ag.no_grad()(lambda x: x * x)
    assert repr(ag.grad(lambda x: x * square(x))(3.0)) == "9.0"
    assert repr(ag.grad(ag.grad(lambda x: x * x * square(x)))(3.0)) == "18.0"


def test_and_after_the_derivative_it_is_a_value_like_any():
    made = []

    def f(x):
        with ag.no_grad():
            made.append(Value(3.0) * 1)
        return x * made[0]

    assert repr(ag.grad(f)(1.0)) == "3.0"
    slope = ag.grad(lambda x: x * made[0])(1.0)
    assert isinstance(slope, Value)
    assert ag.gradient(slope, made[:1])[0].data == 1.0


def test_no_grad_takes_a_function_or_nothing():
    with pytest.raises(TypeError, match="no_grad"):
        ag.no_grad(3)


@pytest.mark.parametrize("thing", [*OTHERS, *NUMBERS], **name_of)
def test_gradient_takes_values_only(thing):
    x = Value(1.0)
    with pytest.raises(TypeError):
        ag.gradient(thing, [x])
    with pytest.raises(TypeError):
        ag.gradient(x * x, [thing])


@pytest.mark.parametrize("thing", [*OTHERS, 1.0, 0, [True]], **name_of)
def test_where_takes_a_condition_only(thing):
    with pytest.raises(TypeError, match="condition"):
        ag.where(thing, Value(1.0), 2.0)


def test_where_takes_bools_of_both_kinds():
    for condition in (True, numpy.bool_(True), numpy.float64(1.0) > 0.5):
        assert ag.where(condition, Value(1.0), 2.0).data == 1.0
        assert ag.where(condition, 1, 2) == 1.0


@pytest.mark.parametrize("thing", OTHERS, **name_of)
def test_value_and_its_fields_refuse_what_is_no_real_number(thing):
    x = Value(1.0)
    for use in (
        lambda: Value(thing),
        lambda: setattr(x, "data", thing),
        lambda: setattr(x, "grad", thing),
        lambda: x.backward(thing),
    ):
        with pytest.raises(TypeError) as caught:
            use()
        assert isinstance(caught.value, ag.AutogradError)
        assert ("None" if thing is None else type(thing).__name__) in str(caught.value)
    assert (x.data, x.grad) == (1.0, 0.0)


@pytest.mark.parametrize("number", HUGE, **name_of)
def test_value_and_its_fields_refuse_what_is_too_large(number):
    x = Value(1.0)
    for use in (
        lambda: Value(number),
        lambda: setattr(x, "data", number),
        lambda: setattr(x, "grad", number),
        lambda: x.backward(number),
    ):
        with pytest.raises(OverflowError):
            use()
    assert (x.data, x.grad) == (1.0, 0.0)


@pytest.mark.parametrize("number", NUMBERS, **name_of)
def test_value_and_its_fields_take_real_numbers_for_floats(number):
    x = Value(number)
    assert type(x.data) is float
    x.data = number
    assert type(x.data) is float
    x.grad = number
    assert type(x.grad) is float
    x.backward(number)
    assert type(x.grad) is float


def test_a_container_that_holds_itself_or_is_nested_too_deep_is_refused():
    endless: list = []
    endless.append(endless)
    deep: object = 1.0
    for _ in range(100_000):
        deep = [deep]
    for tree in (endless, deep):
        with pytest.raises(ValueError, match="nested too deep, or one of them holds itself"):
            ag.grad(lambda tree: 1.0)(tree)


@pytest.mark.parametrize("name", ["retain_graph", "create_graph", "inputs", "nothing"])
def test_backward_takes_a_gradient_and_no_setting(name):
    x = Value(2.0)
    y = x * x
    with pytest.raises(TypeError, match=f"backward: there is no setting '{name}'"):
        y.backward(**{name: True})
    assert (y.grad, x.grad) == (0.0, 0.0)
    y.backward(gradient=2)
    assert x.grad == 8.0


@pytest.mark.parametrize("answer", [True, False, None, ""])
def test_a_value_is_made_without_requires_grad_except_in_subclasses_that_have_it(answer):
    if answer != "":
        with pytest.raises(AttributeError, match="'requires_grad': every Value takes part in"):
            Value(1.0, "x", requires_grad=answer)

    class Tensor(Value):
        requires_grad = None

    assert Tensor(1.0, "x", requires_grad=answer).label == "x"
    assert (Value(1.0, "").label, Value(1.0, label="x", _op="+").label) == ("", "x")


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda v: v[0], "not subscriptable"),
        (lambda v: len(v), "has no len"),
        (lambda v: list(v), "not iterable"),
    ],
)
def test_a_value_is_no_sequence_to_those_who_use_it_or_ask_whether_it_is_one(use, words):
    v = Value(2.0)
    with pytest.raises(TypeError, match=words):
        use(v)
    assert not any(hasattr(v, name) for name in ("__len__", "__getitem__", "__iter__"))
    assert not numpy.iterable(v)
    assert numpy.array([v, 1.0]).shape == (2,)
    assert numpy.array([v]).dtype == object
