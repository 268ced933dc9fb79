"""Node: what every number in a computation graph knows of itself.

A node holds its operands and, for each of them, the derivative of the node with respect to it,
taken at the numbers of the forward pass: later edits of ``.data`` do not change it. Nothing points
from an operand back to what was made of it, so dropping the root frees the graph at once.

There are two slots for operands and two for partials, since tuples would double what the garbage
collector has to look at; the few operations with more operands keep tuples in those slots. For the
same reason a slot stays empty until there is something to say: a label, a scope, an adjoint.
"""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Callable
from struct import pack
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from autograd.callsite import is_comparison, user_frame, user_line
from autograd.engine import modes
from autograd.engine.accelerator import accelerated, native
from autograd.engine.modes import Scope
from autograd.errors import (
    AmbiguousNumberError,
    ArgumentError,
    MissingAttributeError,
    OperandError,
    RecordedResultError,
    TraceError,
)
from autograd.habits import OF_VALUES, Missing, ours, way_in_numpy
from autograd.table.number import RealNumber
from autograd.table.operation import Operation, is_real, real
from autograd.wording import what_is

EMPTY = ""  # one object in every Python
epoch = 0  # grows whenever some leaf's data is edited
levels = itertools.count(1)  # of the derivatives of functions, in the order in which they begin

NODES_OF_ONES_OWN = (
    "a node keeps its operands and partials (v.args, v.partials) and no function: go backward step "
    "by step with autograd.steps(v), and declare an operation of your own with @autograd.primitive"
)
FIELDS = (
    *("_data", "_grad", "_label", "op", "_scope", "_level", "_epoch", "_mark", "_adjoint"),
    *("_left", "_right", "_left_partial", "_right_partial"),
)


def _refuse_while_tracing(what: str, node: Node) -> NoReturn:
    getattr(node, f"_{what}")  # a traced Value has none, and an error of its own
    raise TraceError(
        f"the number ({what}) of a Value from outside of the function was asked for at "
        f"{user_line()}\nUnder jit it would be read once and stay the same for ever. Compute with "
        f"the Value itself, which is read at every call (autograd.stop_gradient(v) keeps "
        f"derivatives from passing), or hand the number over as an argument."
    )


def check_assignment(what: str) -> None:
    """Refuse to assign a number of a Value in a function that is traced.

    Raises:
        TraceError: no later call of the compiled function would do it.
    """
    if modes.active and modes.current().recorder is not None:
        raise TraceError(
            f"the number ({what}) of a Value was assigned at {user_line()}\nUnder jit that would "
            f"happen once, when the function is traced, and in no later call. Return the number "
            f"and assign it after the call (v.{what} = fast(...)); gradients are returned by "
            f"jit(value_and_grad(f))."
        )


def refuse_call(method: str, thing: object) -> NoReturn:
    """Refuse a method that was called through the class on what is no Value."""
    raise ArgumentError(f"{method}() is a method of Value, and was given {what_is(thing)}")


class Slots:
    """The fields, as slots of Python's; the accelerator has them as numbers and pointers of C."""

    __slots__ = (*FIELDS, "__weakref__")

    op: Operation | None
    _scope: Scope | None  # empty outside every scope
    _data: float
    _grad: float
    _label: str  # empty without a label
    _left: Any  # a Value, a float, None; a tuple of them where there are more than two
    _right: Any
    _left_partial: Any  # a float; None beside a constant; a tuple where there are more than two
    _right_partial: Any
    _adjoint: float  # empty before the first walk
    _level: int  # of a leaf that stands for a number while a derivative is taken; else empty
    _epoch: int
    _mark: int


if not TYPE_CHECKING and native is not None:
    Slots = native.Slots


@accelerated
class Node(Slots):
    """A number, what made it, its operands and its partials; Value adds the arithmetic."""

    __slots__ = ()
    __array_priority__ = -1.0  # above NumPy's scalars, which leave operators to us; below arrays

    def __init__(
        self,
        data: RealNumber,
        label: str = "",
        _op: str = "",
        requires_grad: Literal[""] = "",
        name: Literal[""] = "",
    ) -> None:
        self._data = data if type(data) is float else real(data)
        self._grad = 0.0
        if label is not EMPTY or requires_grad is not EMPTY or name is not EMPTY:
            self.label = label
            for other, given in (("requires_grad", requires_grad), ("name", name)):
                if given is not EMPTY:
                    setattr(self, other, given)  # refused, with advice
        self.op = None
        self._left = self._right = self._left_partial = self._right_partial = None
        self._epoch = epoch
        self._mark = 0
        if modes.scoped:
            self._scope = modes.current().scope

    @property
    def data(self) -> float:
        """The number. Only a leaf's may be assigned; recorded results keep theirs."""
        if modes.active and modes.current().recorder is not None:
            _refuse_while_tracing("data", self)
        return self._data

    @data.setter
    def data(self, number: RealNumber) -> None:
        global epoch
        check_assignment("data")
        number = real(number, "data")
        if self.op is not None:
            raise RecordedResultError(
                f"data: {named(self)} was computed by {self.op.name} and cannot be edited: "
                f"edit the leaves below it and compute again, or make a new Value"
            )
        if pack("d", number) != pack("d", self._data):  # the same number again is no edit
            epoch += 1
            self._epoch = epoch
        self._data = number

    @property
    def grad(self) -> float:
        """The sum of the derivatives that backward calls have brought to this node."""
        if modes.active and modes.current().recorder is not None:
            _refuse_while_tracing("grad", self)
        return self._grad

    @grad.setter
    def grad(self, number: RealNumber) -> None:
        check_assignment("grad")
        self._grad = real(number, "grad")

    @property
    def label(self) -> str:
        """The user's name for the node."""
        return getattr(self, "_label", "")

    @label.setter
    def label(self, text: str) -> None:
        if isinstance(text, tuple):  # as micrograd makes the result of an operation
            raise ArgumentError(f"Value(data, children, operation): {NODES_OF_ONES_OWN}")
        if not isinstance(text, str):
            point = ": the decimal sign is a point, Value(2.5, 'x')"
            way = point if isinstance(text, (int, float)) else ""
            raise ArgumentError(f"label: takes a str, and was given {what_is(text)}{way}")
        self._label = str(text)

    @property
    def scope(self) -> Scope | None:
        """The innermost scope in which the node was made, None outside every scope."""
        return getattr(self, "_scope", None)

    @property
    def args(self) -> tuple[Any, ...]:
        """The operands in order: a Value each, or a float for a constant."""
        if self.op is None:
            return ()
        if type(self._left) is tuple:
            return self._left
        return (self._left, self._right)[: self.op.arity]

    @property
    def partials(self) -> tuple[float | None, ...]:
        """d(node)/d(operand) at the recorded numbers, None for a constant."""
        if self.op is None:
            return ()
        if type(self._left) is tuple:
            wide: tuple[float | None, ...] = self._right
            return wide
        return (self._left_partial, self._right_partial)[: self.op.arity]

    @property
    def is_leaf(self) -> bool:
        """True when no operation made the node."""
        return self.op is None

    def item(self, place: object = None) -> float:
        """Return the number as a float."""
        if not isinstance(self, Node):
            refuse_call("item", self)
        if place is not None:  # as of an array or a tensor
            raise ArgumentError("item: a Value is one number, without places: write v.item()")
        return self.data

    @property
    def _prev(self) -> set[Node]:  # micrograd's names for the operands and the operation
        return {arg for arg in self.args if isinstance(arg, Node)}

    @property
    def _op(self) -> str:
        return self.op.symbol if self.op is not None else ""

    # -- a gradient is never dropped in silence ------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, (Node, numbers.Number)) and not is_real(other):
            return NotImplemented
        if not is_comparison(user_frame()):  # np.arange(v), [1, 2].index(v)
            plain = (
                "It takes plain numbers (counts, sizes, keys): write int(v.data) for a whole "
                "number, v.data for any other"
            )
            raise AmbiguousNumberError(
                f"a Value was compared by == or != in what is called at {user_line()}\n"
                f"{way_in_numpy(plain)}"
            )
        raise AmbiguousNumberError(
            "== and != of a Value might compare numbers or ask for one and the same node: write "
            "a.data == b.data (v.data == 2.0 for a plain number) or a is b"
        )

    __hash__ = object.__hash__

    def __float__(self) -> float:
        raise AmbiguousNumberError(
            "float() of a Value would drop its gradient: use the functions of autograd "
            "(autograd.sin in place of math.sin, autograd.sum of math.fsum), and dtype=object for "
            "an array that holds Values (and no astype(float): all are doubles); the number alone, "
            "without its gradient, is v.data" + _of_compiled(self)
        )

    def __int__(self) -> int:
        raise AmbiguousNumberError(
            "int() of a Value would drop its gradient: write autograd.floor(v), or int(v.data) for "
            "an index or a count"
        )

    if not TYPE_CHECKING:  # or a checker would take a Value for an index

        def __index__(self) -> int:
            raise AmbiguousNumberError(
                "an index or a count is a whole number of Python's, and here is a Value, whose "
                "gradient it would drop: write int(v.data), or autograd.take(table, v) for an "
                "entry and autograd.fori_loop(0, v, ...) for a loop; where a list was to be "
                "multiplied, [number * v for number in numbers]"
            )

    @classmethod
    def __torch_function__(
        cls, function: Callable[..., object], kinds: object, args: object = (), named: object = None
    ) -> NoReturn:  # PyTorch calls it where its functions are given a Value
        raise OperandError(
            f"torch.{function.__name__} computes on tensors, and here is a Value: write "
            f"{ours(function.__name__)}; a tensor of the number alone is torch.tensor(v.data)"
        )

    def __matmul__(self, other: object) -> object:
        if not is_number(other):
            return NotImplemented
        raise OperandError("@ is the product of arrays, and a Value is one number: write v * w")

    __rmatmul__ = __matmul__

    def __and__(self, other: object) -> object:
        if not is_number(other) and type(other).__name__ not in ("bool", "bool_"):
            return NotImplemented
        raise OperandError(
            "& and | of a Value: conditions are combined in brackets, (v > 0) & (w > 0), and bits "
            "are those of Python's whole numbers, int(v.data)"
        )

    __rand__ = __or__ = __ror__ = __and__

    def __xor__(self, other: object) -> NoReturn:
        raise OperandError("^ of a Value is no power in Python: write x**2")

    __rxor__ = __xor__

    def __bool__(self) -> bool:
        remedy = way_in_numpy("compare it (v > 0), or its number (v.data != 0)")
        raise AmbiguousNumberError(f"a Value has no truth of its own: {remedy}")

    @property
    def _backward(self) -> NoReturn:  # not so in micrograd
        raise MissingAttributeError(f"_backward: {NODES_OF_ONES_OWN}")

    @_backward.setter
    def _backward(self, function: object) -> NoReturn:
        raise MissingAttributeError(f"_backward: {NODES_OF_ONES_OWN}")

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in OF_VALUES]

    def __repr__(self) -> str:
        if modes.active and modes.current().recorder is not None:  # it is read at every call
            return f"Traced({self.label or 'a Value from outside'})"
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)


for _name in OF_VALUES:
    setattr(Node, _name, Missing(_name))


def _of_compiled(node: Node) -> str:
    """Return how a compiled function gives numbers, for a node that is a result of one."""
    if node.op is None or not node.op.is_compiled:
        return ""
    return (
        "; a compiled function gives numbers where the Values that it reads (the weights of a "
        "model) are arguments, jit(lambda model, x: model(x))(model, x), or under "
        "autograd.no_grad()"
    )


def is_number(obj: object) -> bool:
    """Return whether it is a Value or a plain real number."""
    return isinstance(obj, Node) or is_real(obj)


def named(node: Node) -> str:
    """Return words for a node in an error: its label, or what made it, and its number."""
    if node.label:
        return f"{node.label!r} (now {node._data!r})"
    kind = f"the result of {node.op.name}" if node.op is not None else "a leaf"
    return f"{kind} ({node._data!r})"
