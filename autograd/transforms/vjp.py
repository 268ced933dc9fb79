"""Reverse mode: grad, value_and_grad, vjp, and the gradient of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, TypeAlias, overload

from autograd.engine.modes import current
from autograd.engine.value import Value
from autograd.errors import ArgumentError
from autograd.transforms import sweeps
from autograd.transforms.call import (
    Call,
    Derivative,
    Derived,
    decorating,
    matching,
    whole_call,
)
from autograd.trees import unboxed, unflatten
from autograd.wording import what_is
from autograd.wrong_calls import asking

P = ParamSpec("P")
Valued: TypeAlias = Callable[P, tuple[Any, Any]]  # gives the value and the gradient


@asking("gradient(y, [x])")
def gradient(y: Value, xs: Sequence[Value]) -> list[Value]:
    """Return d(y)/d(x) for each x, as graphs that can be drawn and differentiated.

    Args:
        y: the root of a graph.
        xs: Values below it, leaves or not; for one that y does not depend on, the gradient is 0.

    Returns:
        A list of Values, one for each x.

    Raises:
        ValueError: a leaf's data was edited after y was recorded.
        TypeError: y or one of xs is not a Value.

    Example:
        >>> from autograd import Value, gradient
        >>> x = Value(3.0)
        >>> (slope,) = gradient(x**3, [x])
        >>> (curvature,) = gradient(slope, [x])
        >>> slope.data, curvature.data
        (27.0, 18.0)
    """
    if not isinstance(xs, Iterable):
        raise ArgumentError("gradient: the second argument is a list of Values: write [x]")
    y, *targets = map(unboxed, (y, *xs))
    for obj in (y, *targets):
        if not isinstance(obj, Value):
            raise ArgumentError(f"gradient: takes Values, and was given {what_is(obj)}")
    if (recorder := current().recorder) is not None:
        from autograd.transforms import traced

        y, *targets = map(recorder.standing_for, (y, *targets))
        results = traced.adjoints(y, 1.0, targets)
    else:
        results = sweeps.adjoints(y, 1.0, targets)
    return [result if isinstance(result, Value) else Value(result) for result in results]


@overload
def grad(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]: ...
@overload
def grad(
    *, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[[Callable[P, object]], Derived[P]]: ...
@decorating
def grad(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Derived[P]:
    """Return a function that gives the gradient of f, as ``jax.grad`` does.

    Args:
        f: a function of numbers, nested lists, tuples, dicts or NumPy arrays of numbers, written
            with Python's operators and the functions of autograd, that returns one number. Without
            it the settings make a decorator, ``@grad(argnums=1)``.
        argnums: which positional argument to differentiate with respect to, or a tuple of them;
            in a class self is argument 0.
        has_aux: whether f returns a pair of that number and something else, which is returned
            beside the gradient.

    Returns:
        A function of the same arguments that returns the gradient, in the structure of the
        argument, or a tuple of such for a tuple of argnums.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: f returns several numbers, or argnums does not fit its arguments.

    Example:
        >>> from autograd import grad
        >>> grad(lambda x: x**3)(2.0)
        12.0
        >>> grad(grad(lambda x: x**3))(2.0)
        12.0
        >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
        (5.0, 2.0)
        >>> grad(lambda x: (x**3, {"half": x / 2}), has_aux=True)(2.0)
        (12.0, {'half': 1.0})
    """
    return Derivative(grad, f, argnums, has_aux, gradient_of, wanted="slopes")


def gradient_of(call: Call) -> object:
    """Return the gradient of what a call returned, and its aux where it has one."""
    slopes = call.shaped(call.lowered(call.pulled(call.scalar())))
    return (slopes, call.lowered_aux()) if call.has_aux else slopes


@overload
def value_and_grad(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Valued[P]: ...
@overload
def value_and_grad(
    *, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[[Callable[P, object]], Valued[P]]: ...
@decorating
def value_and_grad(
    f: Callable[P, object], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Valued[P]:
    """Return a function that gives f and its gradient in one go.

    Args:
        f: a function of numbers, nested lists, tuples, dicts or NumPy arrays of numbers, written
            with Python's operators and the functions of autograd, that returns one number. Without
            it the settings make a decorator, ``@value_and_grad(argnums=1)``.
        argnums: which positional argument to differentiate with respect to, or a tuple of them;
            in a class self is argument 0.
        has_aux: whether f returns a pair of that number and something else; so does then the
            function, in place of the value.

    Returns:
        A function of the same arguments that returns the value and the gradient. The gradient has
        the structure of the argument, or is a tuple of such for a tuple of argnums. The numbers
        are floats, or Values where they depend on a Value from outside.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: f returns several numbers, or argnums does not fit its arguments.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda w: w["a"] ** 2 + w["b"])({"a": 3.0, "b": 1.0})
        (10.0, {'a': 6.0, 'b': 1.0})
    """
    return Derivative(value_and_grad, f, argnums, has_aux, _value_and_gradient, wanted="pair")


def _value_and_gradient(call: Call) -> tuple[object, object]:
    output = call.scalar()
    slopes = call.shaped(call.lowered(call.pulled(output)))
    is_known = isinstance(output, Value) and not call.is_open  # the sweep has seen its leaves
    value = output._data if is_known else call.lowered([output])[0]
    return ((value, call.lowered_aux()) if call.has_aux else value), slopes


@asking("value, pull = vjp(f, x)")
def vjp(f: Callable[..., object], *primals: object, has_aux: bool = False) -> tuple[Any, ...]:
    """Return f at the primals, and a function that pulls cotangents back (reverse mode).

    Args:
        f: a function of numbers or containers of them.
        primals: the arguments of f.
        has_aux: whether f returns a pair of its result and something else.

    Returns:
        The value, and a function from cotangents (in the structure of the value) to a tuple of
        gradients, one for each argument, in its structure; after these what else f returned.

    Raises:
        TypeError: f is no function, or something is no number.
        ValueError: the structure of the cotangents is not that of the value.

    Example:
        >>> from autograd import vjp
        >>> value, pull = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
        >>> value, pull([1.0, 10.0])
        ([6.0, 5.0], (13.0, 12.0))
    """
    call = whole_call("vjp", f, primals, has_aux)

    def pull(cotangents: object) -> tuple[object, ...]:
        seeds = matching("vjp", "cotangents", (cotangents,), (call.output_structure,))
        pulled: tuple[Any, ...] = call.shaped(call.lowered(call.pulled_together(seeds)))
        return pulled

    value = unflatten(call.output_structure, call.lowered(call.outputs))
    return (value, pull, call.lowered_aux()) if has_aux else (value, pull)
