"""Derivatives of functions: grad, jacobian, hessian, jvp, vjp, hvp, and the gradient of a graph.

All of them run the user's function once on Values of their own and read the graph that comes out
(sweeps.py; traced.py while a function is traced).

The names and the argument conventions are JAX's.
"""

from __future__ import annotations

import contextlib
import functools
import operator
import types
import weakref
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from autograd.engine import modes
from autograd.engine.chain_rule import propagated
from autograd.engine.modes import Mode
from autograd.engine.order import ordered, walking
from autograd.engine.value import Value
from autograd.errors import ArgumentError, OperandError, StructureError
from autograd.table import elementary as ops
from autograd.table.operation import is_real, real
from autograd.transforms import traced
from autograd.transforms.sweeps import adjoints, plus, tangents
from autograd.trees import (
    NUMBER,
    Structure,
    array_of,
    builder,
    check_numbers,
    flatten,
    unflatten,
)


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
    targets = list(xs)
    for thing in (y, *targets):
        if not isinstance(thing, Value):
            raise ArgumentError(f"gradient: takes Values, and was given a {type(thing).__name__}")
    if modes.thread.recorder is not None:
        y, *targets = map(modes.thread.recorder.standing_for, (y, *targets))
        results = traced.adjoints(y, 1.0, targets)
    else:
        results = adjoints(y, 1.0, targets)
    return [result if isinstance(result, Value) else Value(result) for result in results]


# -- one call of the user's function -----------------------------------------------------------


def _recording() -> contextlib.AbstractContextManager[None]:
    """Record inside, also where the caller is under no_grad."""
    return contextlib.nullcontext() if modes.thread.recording else Mode(recording=True)


# Leaves of finished calls whose results are graphs: to the calls around them they are numbers.
_spent: weakref.WeakSet[Value] = weakref.WeakSet()


class _Call:
    """One call of a function on Values of our own, and what came out.

    Every number among the chosen arguments becomes a leaf. A Value among them becomes the operand
    of an identity node: to differentiate with respect to that node leaves alone whatever else the
    function knows of the same Value (Siskind and Pearlmutter, Perturbation confusion and
    referential transparency, 2005).
    """

    def __init__(
        self,
        name: str,
        f: Callable[..., Any],
        argnums: int | Sequence[int],
        args: tuple[Any, ...],
        named: dict[str, Any],
    ) -> None:
        self.name = name
        self.single = isinstance(argnums, int)
        positions = _positions(name, argnums, len(args))
        self.tracing = modes.thread.recorder is not None
        self.structures: list[Structure] = []
        self.leaves: list[Value] = []
        self._made: weakref.WeakSet[Value] | tuple[()] = ()
        arguments = list(args)
        with _recording():
            for position in positions:
                numbers, structure = flatten(args[position])
                own = self._each(self._own, numbers, structure, f"argument {position}")
                self.leaves += own
                self.structures.append(structure)
                arguments[position] = unflatten(structure, own)
            transforms = modes.thread.transforms
            try:
                modes.thread.transforms = (*transforms, self)
                result = f(*arguments, **named)
            finally:
                modes.thread.transforms = transforms
            outputs, self.output_structure = flatten(result)
        self.outputs = self._each(
            lambda output: output if isinstance(output, Value) else real(output, name),
            outputs,
            self.output_structure,
            "the result",
        )
        self._own_leaves = {id(leaf) for leaf in self.leaves if leaf.op is None}
        # Where nothing from outside takes part, the partials the nodes recorded are all we need.
        self.numeric = self._closed(self.outputs)

    def _each(
        self, convert: Callable[[Any], Any], leaves: list[Any], structure: Structure, root: str
    ) -> list[Any]:
        """Return each leaf converted, or say where one stands that is no number."""
        try:
            return [convert(leaf) for leaf in leaves]
        except OperandError:
            check_numbers(self.name, leaves, structure, root, _is_number)
            raise

    def adopt(self, number: Value) -> None:
        """Take what no_grad made while the function ran for a number."""
        self._made = self._made or weakref.WeakSet()
        self._made.add(number)

    def _own(self, number: Any) -> Value:
        if isinstance(number, Value):
            node: Value = ops.identity(number)
            return node
        number = real(number, self.name)
        recorder = modes.thread.recorder
        own: Value = Value(number) if recorder is None else recorder.leaf(number)
        return own

    def _closed(self, numbers: Sequence[Any]) -> bool:
        """Return whether these depend on no Value but leaves that this call or inner ones made."""
        return not self.tracing and all(
            node.op is not None
            or id(node) in self._own_leaves
            or node in _spent
            or node in self._made
            for node in ordered(*[number for number in numbers if isinstance(number, Value)])
        )

    def result(self, numbers: list[Any]) -> list[Any]:
        """Return floats, unless some of the numbers depend on a Value from outside."""
        if self.tracing:
            return numbers
        if self._closed(numbers):
            return [n._data if isinstance(n, Value) else n for n in numbers]
        _spent.update(leaf for leaf in self.leaves if leaf.op is None)
        if modes.thread.recording:
            return [n if isinstance(n, Value) else Value(n) for n in numbers]
        return [Value(n._data if isinstance(n, Value) else n) for n in numbers]

    def scalar(self) -> Any:
        """Return the one output of a function that must have one."""
        if self.output_structure != NUMBER:
            raise StructureError(
                f"{self.name}: the function must return one number, and returned "
                f"{self.output_structure}; use jacobian for several"
            )
        return self.outputs[0]

    def pulled(self, output: Any, seed: Any = 1.0) -> list[Any]:
        """Return d(output)/d(leaf) x seed for every leaf, walking backwards."""
        if not isinstance(output, Value):
            return [0.0] * len(self.leaves)
        if self.numeric and type(seed) is float:
            with walking:
                for leaf in self.leaves:
                    leaf._adjoint = 0.0
                propagated(output, seed)
                return [leaf._adjoint for leaf in self.leaves]
        with _recording():
            backwards = traced.adjoints if self.tracing else adjoints
            return backwards(output, seed, self.leaves)

    def pushed(self, directions: list[Any]) -> list[Any]:
        """Return the derivative of every output along the directions, walking forwards."""
        with _recording():
            if self.tracing:
                return traced.tangents(self.outputs, self.leaves, directions)
            numeric = self.numeric and all(type(direction) is float for direction in directions)
            return tangents(self.outputs, self.leaves, directions, numeric)

    def shaped(self, numbers: list[Any]) -> Any:
        """Return one number for each leaf in the structure of the chosen arguments."""
        parts = []
        for structure in self.structures:
            count = structure.count()
            parts.append(unflatten(structure, numbers[:count]))
            numbers = numbers[count:]
        return parts[0] if self.single else tuple(parts)


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, Value) or is_real(leaf)


def _positions(name: str, argnums: int | Sequence[int], count: int) -> list[int]:
    chosen = [argnums] if isinstance(argnums, int) else list(argnums)
    for number in chosen:
        if not -count <= number < count:
            raise StructureError(
                f"{name}: argnums is {number}, but the function was called with {count} "
                f"positional argument{'s' * (count != 1)}"
            )
    positions = [number % count for number in chosen]
    if len(set(positions)) < len(positions):
        raise StructureError(f"{name}: argnums {tuple(chosen)} names an argument twice")
    return positions


def _checked(name: str, f: Any, argnums: Any = 0) -> Any:
    """Check a transform's own arguments; return argnums as an int or a tuple of ints."""
    if not callable(f):
        raise ArgumentError(f"{name}: takes a function, and was given a {type(f).__name__}")
    given = argnums if isinstance(argnums, (tuple, list)) else (argnums,)
    try:
        numbers = tuple(operator.index(number) for number in given)
    except TypeError:
        numbers = (True,)
    if any(isinstance(number, bool) for number in (*given, *numbers)):
        raise ArgumentError(
            f"{name}: argnums is an int or a tuple of ints, and was given {argnums!r:.40}"
        )
    return numbers if isinstance(argnums, (tuple, list)) else numbers[0]


# -- transforms --------------------------------------------------------------------------------


class _Derivative:
    """What a transform returns: a function with the name of f, which is pickled as its recipe.

    Attributes:
        argnums: which arguments it differentiates with respect to (the compiler asks).
    """

    argnums: int | tuple[int, ...]
    __name__: str

    def __init__(
        self, transform: Callable[..., Any], f: Any, argnums: Any, read: Callable[[_Call], Any]
    ) -> None:
        functools.update_wrapper(self, f, updated=())
        self.argnums = argnums
        self._transform = transform
        self._f = f
        self._read = read

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self._read(_Call(self._transform.__name__, self._f, self.argnums, args, named))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._transform, (self._f, self.argnums)

    def __repr__(self) -> str:
        return f"<{self._transform.__name__} of {getattr(self._f, '__name__', self._f)}>"


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0
) -> Callable[..., tuple[Any, Any]]:
    """Return a function that gives f and its gradient in one go.

    Args:
        f: a function of numbers, nested lists, tuples, dicts or NumPy arrays of numbers, written
            with Python's operators and the functions of autograd, that returns one number.
        argnums: which positional argument to differentiate with respect to, or a tuple of them.

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
    argnums = _checked("value_and_grad", f, argnums)

    return _Derivative(value_and_grad, f, argnums, _value_and_slopes)


def _value_and_slopes(call: _Call) -> tuple[Any, Any]:
    output = call.scalar()
    slopes = call.result(call.pulled(output))
    return call.result([output])[0], call.shaped(slopes)


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return a function that gives the gradient of f, as ``jax.grad`` does.

    Args:
        f: a function of numbers, nested lists, tuples, dicts or NumPy arrays of numbers, written
            with Python's operators and the functions of autograd, that returns one number.
        argnums: which positional argument to differentiate with respect to, or a tuple of them.

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
    """
    argnums = _checked("grad", f, argnums)

    return _Derivative(grad, f, argnums, _slopes)


def _slopes(call: _Call) -> Any:
    return call.shaped(call.result(call.pulled(call.scalar())))


def jacobian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return a function that gives every partial derivative of every output of f.

    Args:
        f: a function of numbers or containers of them that returns a number or a container.
        argnums: which positional argument to differentiate with respect to, or a tuple of them.

    Returns:
        A function of the same arguments. Its result has the structure of f's output outermost,
        then a tuple if argnums is one, then the structure of the argument; for an array of
        outputs by an array of inputs it is one array of shape ``out.shape + in.shape``.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: argnums does not fit the arguments.

    Example:
        >>> from autograd import jacobian
        >>> jacobian(lambda p: [p[0] * p[1], p[0] + p[1]])([2.0, 3.0])
        [[3.0, 2.0], [1.0, 1.0]]
    """
    argnums = _checked("jacobian", f, argnums)

    return _Derivative(jacobian, f, argnums, _matrix)


def _matrix(call: _Call) -> Any:
    flat = call.result([d for output in call.outputs for d in call.pulled(output)])
    width = len(call.leaves)
    rows = [flat[at : at + width] for at in range(0, len(flat), width)] if width else []
    rows = rows or [[] for _ in call.outputs]
    inner = call.structures[0] if call.single else Structure("tuple", tuple(call.structures), tuple)
    return _blocks(call.output_structure, rows, lambda unit, part: _columns(unit, inner, part))


def hessian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return a function that gives every second partial derivative of f.

    Args:
        f: a function of numbers or containers of them that returns one number (or several).
        argnums: which positional argument to differentiate with respect to, or a tuple of them.

    Returns:
        A function of the same arguments that returns the jacobian of the jacobian: the structure
        of the argument within itself; for an array, an array of shape ``in.shape + in.shape``.

    Raises:
        TypeError: f is no function, or an argument holds something that is no number.
        ValueError: argnums does not fit the arguments.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda p: p[0] ** 2 * p[1])([3.0, 5.0])
        [[10.0, 6.0], [6.0, 0.0]]
    """
    argnums = _checked("hessian", f, argnums)
    return jacobian(jacobian(f, argnums), argnums)


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return f at the primals and its derivative along the tangents (forward mode).

    Args:
        f: a function of numbers or containers of them.
        primals: the arguments of f, as a tuple.
        tangents: for each argument the direction, in the same structure.

    Returns:
        The value and the tangent, both in the structure of f's output.

    Raises:
        TypeError: f is no function, or something is no number.
        ValueError: the structures of primals and tangents differ.

    Example:
        >>> from autograd import jvp
        >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0))
        (6.0, 23.0)
    """
    _checked("jvp", f)
    return _pushed("jvp", f, primals, tangents)


def _pushed(
    name: str, f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, Any]:
    call = _whole(name, f, primals)
    directions = _matching(name, "tangents", tangents, tuple(call.structures))
    slopes = call.result(call.pushed(directions))
    value = unflatten(call.output_structure, call.result(call.outputs))
    return value, unflatten(call.output_structure, slopes)


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return f at the primals, and a function that pulls cotangents back (reverse mode).

    Args:
        f: a function of numbers or containers of them.
        primals: the arguments of f.

    Returns:
        The value, and a function from cotangents (in the structure of the value) to a tuple of
        gradients, one for each argument, in its structure.

    Raises:
        TypeError: f is no function, or something is no number.
        ValueError: the structure of the cotangents is not that of the value.

    Example:
        >>> from autograd import vjp
        >>> value, pull = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
        >>> value, pull([1.0, 10.0])
        ([6.0, 5.0], (13.0, 12.0))
    """
    _checked("vjp", f)
    call = _whole("vjp", f, primals)

    def pull(cotangents: Any) -> tuple[Any, ...]:
        given = (cotangents,)
        seeds = _matching("vjp", "cotangents", given, (call.output_structure,))
        sums: list[Any] = [0.0] * len(call.leaves)
        with _recording():
            for output, seed in zip(call.outputs, seeds, strict=True):
                sums = [plus(a, b) for a, b in zip(sums, call.pulled(output, seed), strict=True)]
        pulled: tuple[Any, ...] = call.shaped(call.result(sums))
        return pulled

    return unflatten(call.output_structure, call.result(call.outputs)), pull


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return the hessian of f at the primals times the tangents, without the hessian.

    Forward mode over the gradient (Pearlmutter, Fast exact multiplication by the Hessian, 1994).

    Args:
        f: a function that returns one number.
        primals: the arguments of f, as a tuple.
        tangents: for each argument the direction, in the same structure.

    Returns:
        The product, in the structure of ``grad(f)``, that is of the first argument.

    Raises:
        TypeError: f is no function, or something is no number.
        ValueError: the structures of primals and tangents differ, or f returns several numbers.

    Example:
        >>> from autograd import hvp
        >>> hvp(lambda p: p[0] ** 2 * p[1], ([3.0, 5.0],), ([1.0, 0.0],))
        [10.0, 6.0]
    """
    _checked("hvp", f)
    return _pushed("hvp", _Derivative(hvp, f, 0, _slopes), primals, tangents)[1]


# -- structures --------------------------------------------------------------------------------


def _whole(name: str, f: Callable[..., Any], primals: Sequence[Any]) -> _Call:
    """Call f, differentiating with respect to all its arguments."""
    if not isinstance(primals, (tuple, list)):
        raise ArgumentError(
            f"{name}: the primals are a tuple of arguments, and were a {type(primals).__name__}: "
            f"write (x,) for a single one"
        )
    return _Call(name, f, tuple(range(len(primals))), tuple(primals), {})


def _matching(name: str, what: str, given: Any, structures: tuple[Structure, ...]) -> list[Any]:
    """Return the numbers of tangents or cotangents, which must have the given structures."""
    if not isinstance(given, (tuple, list)):
        raise ArgumentError(f"{name}: the {what} are a tuple, and were a {type(given).__name__}")
    numbers: list[Any] = []
    found: list[Structure] = []
    for index, part in enumerate(given):
        flat, structure = flatten(part, structures[index] if index < len(structures) else None)
        found.append(structure)
        numbers += [n if isinstance(n, Value) else real(n, f"{name}: {what}") for n in flat]
    if tuple(found) != structures:
        raise StructureError(
            f"{name}: the {what} must be {', '.join(map(str, structures))}, "
            f"and were {', '.join(map(str, found))}"
        )
    return numbers


def _blocks(structure: Structure, items: list[Any], build: Callable[..., Any]) -> Any:
    """Rebuild a structure, giving each number or array of it, with its items, to ``build``."""
    supply = iter(items)
    blocks = (build(unit, [*islice(supply, unit.count())]) for unit in structure.units())
    return builder(structure, arrays_only=True)(iter(()), blocks)


def _columns(unit: Structure, inner: Structure, rows: list[list[Any]]) -> Any:
    """Return the derivatives of one output (a number, or a whole array) in the inner structure."""
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else []
    outer = unit.detail if unit.kind == "array" else ()

    def block(part: Structure, columns: list[list[Any]]) -> Any:
        shape = outer + (part.detail if part.kind == "array" else ())
        flat = [number for row in zip(*columns, strict=True) for number in row]
        return array_of(flat, shape) if shape else flat[0]

    return _blocks(inner, columns, block)
