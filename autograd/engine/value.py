"""Value: a number that remembers how it was made, and hands gradients back.

Backward is one line, the chain rule,

    operand.adjoint += node.adjoint * partial

called for every node in the reverse of the order in which a depth-first walk finishes with them
(chain_rule.py). Here are the operators: each makes a node with its operands and their partials.
Common arithmetic is written out, three times as fast as the table; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Never, TypeAlias, cast

from autograd.callsite import user_line
from autograd.engine import modes
from autograd.engine import node as of_node
from autograd.engine.accelerator import accelerated, native
from autograd.engine.chain_rule import backpropagated, check_forward, made_at
from autograd.engine.copying import copied_graph, copied_node, flattened
from autograd.engine.methods import Methods
from autograd.engine.modes import current, derivatives
from autograd.engine.node import Node, check_assignment, levels
from autograd.engine.order import walking
from autograd.errors import ArgumentError
from autograd.habits import OF_BACKWARD, refuse_setting
from autograd.table import rows as ops
from autograd.table.number import RealNumber
from autograd.table.operation import TABLE, Operation, constant, real

ADD, SUBTRACT, MULTIPLY, DIVIDE = ops.add, ops.subtract, ops.multiply, ops.divide
NEGATIVE, POWER = ops.negative, ops.power
_new = object.__new__
Operand: TypeAlias = "Value | RealNumber"


def _unary(row: Operation) -> Callable[[Value], Value]:
    return lambda self: Value._apply(row, (self,))


def _operator(row: Operation, swapped: bool = False) -> Callable[[Value, Operand], Value]:
    return lambda a, b: _in_mode(row, b, a) if swapped else _in_mode(row, a, b)


def _comparison(row: Operation, swapped: bool = False) -> Callable[[Value, Operand], bool]:
    return lambda a, b: _compared(row, b, a) if swapped else _compared(row, a, b)


@accelerated
class Value(Node, Methods):
    """A number in a computation graph.

    Args:
        data: any real number (int, float, bool, Fraction, NumPy scalar); kept as a float.
        label: the user's name for the node.

    Raises:
        TypeError: data is not a real number, or the label is not a str.
        OverflowError: data is too large for a float.

    Example:
        >>> from autograd import Value
        >>> x = Value(3.0, label="x")
        >>> y = x * x + 1
        >>> y.backward()
        >>> y.data, x.grad
        (10.0, 6.0)
    """

    __slots__ = ()

    # -- backward ------------------------------------------------------------------------------

    def backward(self, gradient: RealNumber = 1.0, **settings: Never) -> None:
        """Add the derivative of this node to ``.grad`` of every node that it depends on.

        Args:
            gradient: the derivative of something further on with respect to this node.
            settings: none; those of other engines are told what is here.

        Raises:
            TypeError: the gradient is not a real number, or there is a setting.

        Example:
            >>> from autograd import Value
            >>> a, b = Value(2.0), Value(3.0)
            >>> (a * b + a).backward()
            >>> a.grad, b.grad
            (4.0, 2.0)
        """
        if type(gradient) is not float or settings:
            if settings:
                refuse_setting("backward", settings, OF_BACKWARD)
            gradient = real(gradient, "backward")
        with walking:
            backpropagated(self, gradient)

    # -- operators -----------------------------------------------------------------------------

    def __add__(self, other: Operand) -> Value:
        if modes.active and current().special:
            return _in_mode(ADD, self, other)
        if isinstance(other, Value):
            return _node(ADD, self._data + other._data, self, other, 1.0, 1.0)
        if (number := constant(other, ADD.symbol)) is None:
            return NotImplemented
        return _node(ADD, self._data + number, self, number, 1.0, None)

    def __radd__(self, other: RealNumber) -> Value:
        if modes.active and current().special:
            return _in_mode(ADD, other, self)
        if (number := constant(other, ADD.symbol)) is None:
            return NotImplemented
        return _node(ADD, number + self._data, number, self, None, 1.0)

    def __sub__(self, other: Operand) -> Value:
        if modes.active and current().special:
            return _in_mode(SUBTRACT, self, other)
        if isinstance(other, Value):
            return _node(SUBTRACT, self._data - other._data, self, other, 1.0, -1.0)
        if (number := constant(other, SUBTRACT.symbol)) is None:
            return NotImplemented
        return _node(SUBTRACT, self._data - number, self, number, 1.0, None)

    def __rsub__(self, other: RealNumber) -> Value:
        if modes.active and current().special:
            return _in_mode(SUBTRACT, other, self)
        if (number := constant(other, SUBTRACT.symbol)) is None:
            return NotImplemented
        return _node(SUBTRACT, number - self._data, number, self, None, -1.0)

    def __mul__(self, other: Operand) -> Value:
        if modes.active and current().special:
            return _in_mode(MULTIPLY, self, other)
        if isinstance(other, Value):
            a, b = self._data, other._data
            return _node(MULTIPLY, a * b, self, other, b, a)
        if (number := constant(other, MULTIPLY.symbol)) is None:
            return NotImplemented
        return _node(MULTIPLY, self._data * number, self, number, number, None)

    def __rmul__(self, other: RealNumber) -> Value:
        if modes.active and current().special:
            return _in_mode(MULTIPLY, other, self)
        if (number := constant(other, MULTIPLY.symbol)) is None:
            return NotImplemented
        return _node(MULTIPLY, number * self._data, number, self, None, number)

    def __truediv__(self, other: Operand) -> Value:
        if modes.active and current().special:
            return _in_mode(DIVIDE, self, other)
        if isinstance(other, Value):
            a, b = self._data, other._data
            if b == 0.0:  # where Python's / raises, the table has IEEE's answer
                return self._apply(DIVIDE, (self, other))
            return _node(DIVIDE, a / b, self, other, 1.0 / b, -(a / b) / b)
        if (number := constant(other, DIVIDE.symbol)) is None:
            return NotImplemented
        if number == 0.0:
            return self._apply(DIVIDE, (self, number))
        return _node(DIVIDE, self._data / number, self, number, 1.0 / number, None)

    def __rtruediv__(self, other: RealNumber) -> Value:
        return _in_mode(DIVIDE, other, self)

    __floordiv__ = _operator(ops.floor_divide)
    __rfloordiv__ = _operator(ops.floor_divide, swapped=True)
    __mod__, __rmod__ = _operator(ops.remainder), _operator(ops.remainder, swapped=True)

    def __divmod__(self, other: Operand) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: RealNumber) -> tuple[Value, Value]:
        return other // self, other % self

    def __pow__(self, other: Operand) -> Value:
        if modes.active and current().special:
            return _in_mode(POWER, self, other)
        if type(other) is int or type(other) is float:
            return _recorded(POWER, (self, real(other, "**")))
        return _in_mode(POWER, self, other)

    def __rpow__(self, other: RealNumber) -> Value:
        return _in_mode(POWER, other, self)

    def __neg__(self) -> Value:
        if modes.active and current().special:
            return self._apply(NEGATIVE, (self,))
        return _node(NEGATIVE, -self._data, self, None, -1.0, None)

    __pos__, __abs__ = _unary(ops.identity), _unary(ops.absolute)
    # What math.floor, math.ceil and math.trunc, and so NumPy on objects, call.
    __floor__, __ceil__ = _unary(ops.floor), _unary(ops.ceil)

    def __trunc__(self) -> Value:
        return ops.copysign(ops.floor(abs(self)), self)

    def __round__(self, ndigits: None = None) -> Value:
        if ndigits is not None:
            raise ArgumentError("round: a Value is rounded to whole numbers: round(100 * v) / 100")
        return self._apply(ops.rounded, (self,))

    # -- comparisons ---------------------------------------------------------------------------

    __lt__, __gt__ = _comparison(ops.less), _comparison(ops.less, swapped=True)
    __le__, __ge__ = _comparison(ops.less_equal), _comparison(ops.less_equal, swapped=True)

    # -- copies and pickles ------------------------------------------------------------------------

    def __copy__(self) -> Value:
        return copied_node(self)

    def __deepcopy__(self, memo: dict[int, object]) -> Value:
        return copied_graph(self, memo)

    def __reduce__(self) -> tuple[object, ...]:
        return flattened(self)

    # -- the table ---------------------------------------------------------------------------

    @staticmethod
    def _apply(operation: Operation, operands: tuple[object, ...]) -> Value:
        """Record an operation of the table: its value, and its partials at these numbers."""
        if modes.active and current().special:
            state = current()
            if state.recorder is not None:
                return cast(Value, state.recorder.record(operation, operands))
            node = _recorded(operation, operands)
            if state.anomaly:
                made_at[node] = user_line()
                check_forward(node)
            return node if state.recording else _unrecorded(node)
        return _recorded(operation, operands)


def _node(
    operation: Operation | None,
    data: float,
    left: object,
    right: object,
    left_partial: object,
    right_partial: object,
) -> Value:
    """Make a node; the one place besides Value() where its slots are filled."""
    node: Value = _new(Value)
    node._data = data
    node._grad = 0.0
    node.op = operation
    node._left = left
    node._right = right
    node._left_partial = left_partial
    node._right_partial = right_partial
    node._epoch = of_node.epoch
    node._mark = 0
    if modes.scoped:
        node._scope = current().scope
    return node


def leaf_of(number: float, level: int) -> Value:
    """Make the leaf that stands for a number in a derivative of that level."""
    node = _node(None, number, None, None, None, None)
    node._level = level
    node._adjoint = 0.0
    return node


def _unrecorded(node: Value) -> Value:
    """Return a result under no_grad; to the derivatives that are being taken it is a number."""
    return leaf_of(node._data, next(levels)) if derivatives() else Value(node._data)


def _in_mode(operation: Operation, left: object, right: object) -> Value:
    """Slow path: record an operator through the operation table."""
    for each in (left, right):
        if not isinstance(each, Value) and constant(each, operation.symbol) is None:
            return NotImplemented  # type: ignore[no-any-return]
    return Value._apply(operation, (left, right))


def _compared(operation: Operation, left: object, right: object) -> bool:
    numbers = []
    for operand in (left, right):
        number = operand if isinstance(operand, Value) else constant(operand, operation.symbol)
        if number is None:
            return NotImplemented  # type: ignore[no-any-return]
        numbers.append(number)
    if modes.active and (recorder := current().recorder) is not None:
        return cast(bool, recorder.record(operation, tuple(numbers)))
    a, b = [number._data if isinstance(number, Value) else number for number in numbers]
    return bool(operation.value(a, b))


def _recorded(operation: Operation, operands: tuple[Any, ...]) -> Value:
    """Make the node of any operation of the table."""
    if len(operands) == 1:  # fast path for the common case
        (operand,) = operands
        result = operation.value(operand._data)
        partial = operation.partial(0, result, (operand._data,))
        return _node(operation, result, operand, None, partial, None)
    args: list[Any] = []
    numbers: list[float] = []
    for operand in operands:
        is_node = isinstance(operand, Value)
        number = operand._data if is_node else real(operand, operation.name)
        args.append(operand if is_node else number)
        numbers.append(number)
    result = operation.value(*numbers)
    at = tuple(numbers)
    partials = [
        operation.partial(index, result, at) if isinstance(arg, Value) else None
        for index, arg in enumerate(args)
    ]
    if len(args) == 2:
        return _node(operation, result, args[0], args[1], partials[0], partials[1])
    return _node(operation, result, tuple(args), tuple(partials), None, None)


if native is not None:
    own = Value, modes.active, modes.scoped, modes.state_of_context
    native.connect(*own, real, check_assignment)
    native.registered(*TABLE.values())
    _node, leaf_of = native.node, native.leaf_of


def _method(row: Operation) -> Callable[..., Value]:
    def method(self: Value, *operands: Operand, **named: Operand) -> Value:
        if row.arity > 1 or operands or named:
            return row(self, *operands, **named)
        if not isinstance(self, Value):
            of_node.refuse_call(row.name, self)
        return Value._apply(row, (self,))

    method.__name__, method.__doc__ = row.name, row.__doc__
    return method


# Methods, not a __getattr__: a class that has one loses CPython's fast access to slots, and with
# it half of the speed of every walk.
for _row in TABLE.values():
    _row.document()
    if _row.public and _row.symbol == _row.name:
        _made = native.method if native is not None and _row.arity == 1 else _method
        setattr(Value, _row.name, _made(_row))
for _name, _function in ops.METHODS.items():
    setattr(Value, _name, _function)
for _name, _known in ops.NUMPY_NAMES.items():
    setattr(Value, _name, _method(TABLE[_known]))
