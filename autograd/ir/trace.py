"""Records a function: runs it once on Values that carry no number yet.

Every operation and comparison of the thread goes to the ``Tape`` meanwhile, and a ``Traced`` Value
stands for its result. Whatever would need the number now (``if``, ``float()``, ``.data``) is a
TraceError that names the user's line and the remedy, so that no number of the traced call is ever
baked into the compiled code in silence.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from autograd.callsite import user_line
from autograd.engine.modes import Mode, thread
from autograd.engine.value import Value
from autograd.errors import TraceError
from autograd.table import elementary as ops
from autograd.table.operation import Operation, is_real, real
from autograd.transforms.branches import ALWAYS, Ways
from autograd.trees import Structure, flatten, unflatten

CONDITIONS = frozenset(("less", "less_equal", "both", "either"))
PLACEHOLDER = math.nan  # stands where a Value has a partial: a number that nobody can mistake

BRANCHES = (
    "Write autograd.where(condition, a, b) in place of if, autograd.maximum or minimum in place "
    "of max or min, and & and | in place of and and or"
)
EITHER_WAY = (
    "Say it with & and | of comparisons and of their opposites, as in "
    "((x > 0) & (y > 0)) | ((x <= 0) & (y <= 0))"
)
NUMBERS = (
    "Compute with the Value itself and the functions of autograd (autograd.sin in place of "
    "math.sin), or use autograd.stop_gradient(x) to keep derivatives from passing"
)


def _refuse(what: str, remedy: str) -> NoReturn:
    raise TraceError(
        f"{what} at {user_line()}\n"
        f"Under jit a Value has no number yet: it stands for the numbers of every later call. "
        f"{remedy}."
    )


class Traced(Value):
    """A Value without a number, recorded while a function is traced."""

    __slots__ = ("place", "tape", "ways")

    place: int  # its position on the tape
    tape: Tape
    ways: Ways  # the conditions under which anything depends on it
    is_condition = False

    def __init__(self) -> None:
        _refuse("a traced Value was made", "Traced Values are made by tracing alone")

    def __getattr__(self, name: str) -> Any:
        # The slot of the number is empty, so whatever reads it arrives here.
        if name in ("_data", "_grad"):
            _refuse(f"the number ({name[1:]}) of a traced Value was asked for", NUMBERS)
        raise AttributeError(f"a traced Value has no attribute {name!r}")

    @property
    def grad(self) -> float:
        """Refuse: there is no backward pass while a function is traced."""
        _refuse("the number (grad) of a traced Value was asked for", NUMBERS)

    @grad.setter
    def grad(self, number: Any) -> None:
        _refuse("the number (grad) of a traced Value was assigned to", NUMBERS)

    @property
    def partials(self) -> tuple[float | None, ...]:
        """Refuse: partials are numbers."""
        _refuse("the numbers (partials) of a traced Value were asked for", NUMBERS)

    def __repr__(self) -> str:
        what = self.op.name if self.op is not None else self.label or "input"
        return f"Traced({what})"

    def __format__(self, spec: str) -> str:
        if spec:
            _refuse(f"format(x, {spec!r}) of a traced Value was asked for", NUMBERS)
        return repr(self)

    def __float__(self) -> float:
        _refuse("float() of a traced Value was asked for", NUMBERS)

    def __int__(self) -> int:
        _refuse("int() of a traced Value was asked for", NUMBERS)

    def __index__(self) -> int:
        _refuse(
            "an index or a count was to be a traced Value",
            "Index and count by plain ints, or choose among numbers by autograd.where",
        )

    def __floordiv__(self, other: Any) -> NoReturn:
        _refuse("x // y of a traced Value was asked for", "Write autograd.floor(x / y)")

    def __mod__(self, other: Any) -> NoReturn:
        _refuse("x % y of a traced Value was asked for", "Write x - y * autograd.floor(x / y)")

    def __divmod__(self, other: Any) -> NoReturn:
        _refuse(
            "divmod of a traced Value was asked for", "Write autograd.floor(x / y) and the rest"
        )

    __rfloordiv__, __rmod__, __rdivmod__ = __floordiv__, __mod__, __divmod__

    def __bool__(self) -> bool:
        _refuse("the truth of a traced Value was asked for", BRANCHES)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Value):
            return self is other
        if is_real(other):
            _refuse("a traced Value was compared by ==", "Write (x <= c) & (x >= c)")
        return NotImplemented

    __hash__ = object.__hash__

    def backward(self, gradient: Any = 1.0) -> None:
        """Refuse: the derivative of a traced function is autograd.grad of it."""
        _refuse("backward() of a traced Value was called", "Write jit(grad(f)) or value_and_grad")

    def __copy__(self) -> Value:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        _refuse("a copy of a traced Value was asked for", NUMBERS)

    def __reduce__(self) -> tuple[Any, ...]:
        _refuse("a pickle of a traced Value was asked for", NUMBERS)


class Condition(Traced):
    """A traced comparison: what ``where`` takes, and what & and | combine."""

    __slots__ = ()
    is_condition = True

    def __and__(self, other: Any) -> Any:
        return _combined(ops.both, self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        return _combined(ops.either, self, other)

    __ror__ = __or__

    def __xor__(self, other: Any) -> NoReturn:
        _refuse("^ of a traced comparison was asked for", EITHER_WAY)

    __rxor__ = __xor__

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        _refuse("a traced comparison was compared by == or !=", EITHER_WAY)

    __hash__ = object.__hash__

    def __invert__(self) -> NoReturn:
        _refuse("~ of a traced comparison was asked for", "Write the opposite comparison")


def _combined(operation: Operation, left: Condition, right: Any) -> Any:
    if isinstance(right, Condition) or type(right).__name__ in ("bool", "bool_"):
        other = right if isinstance(right, Condition) else float(right)
        return left._apply(operation, (left, other))
    return NotImplemented


_new = object.__new__


class Tape:
    """The operations of one traced function in the order in which they were called.

    Attributes:
        nodes: the traced results; every operand is an input, an outside Value, a float or a
            node that stands before it.
        inputs: the traced Values that stand for the function's arguments.
        outside: Values from outside of the function, by identity; read at every call.
        stand_ins: what stands for some of them instead (``called_with``).
        constants: the numbers of leaves that stand for constants; their places are -1, -2, ...
    """

    def __init__(self, kernels: frozenset[str]) -> None:
        self.nodes: list[Traced] = []
        self.inputs: list[Traced] = []
        self.outside: dict[int, Value] = {}
        self.stand_ins: dict[int, Value] = {}
        self.constants: list[float] = []
        self.ways = ALWAYS
        self._kernels = kernels
        self._conditions: dict[tuple[Any, ...], Traced] = {}

    def input(self, label: str) -> Traced:
        """Return a new traced Value for one number among the arguments."""
        node = self._node(Traced, None, None, None, None, None)
        node._label = label
        node.place = len(self.inputs)
        self.inputs.append(node)
        return node

    def leaf(self, number: float) -> Traced:
        """Return a traced Value that stands for a constant (a derivative is taken by it)."""
        node = self._node(Traced, None, None, None, None, None)
        self.constants.append(number)
        node.place = -len(self.constants)
        return node

    def _node(self, kind: type[Traced], operation: Operation | None, *slots: Any) -> Traced:
        node: Traced = _new(kind)
        node.op = operation
        node._left, node._right, node._left_partial, node._right_partial = slots
        node._mark = 0
        node._epoch = sys.maxsize  # what it reads is read again at every call: never out of date
        node._scope = thread.scope
        node.tape = self
        node.ways = self.ways
        return node

    def ways_of(self, node: Value) -> Ways:
        """Return the ways that held when a node was recorded; for one from outside, always."""
        return node.ways if isinstance(node, Traced) else ALWAYS

    def standing_for(self, value: Value) -> Value:
        """Return what stands for a Value while the function is traced: as a rule itself."""
        return self.stand_ins.get(id(value), value)

    def record(self, operation: Operation, operands: tuple[Any, ...]) -> Any:
        """Record one operation; the engine calls it in place of computing."""
        if operation.definition is None and operation.name not in self._kernels:
            raise TraceError(
                f"{operation.name} at {user_line()}\nis an operation of your own (@primitive), a "
                f"Python function that compiled code cannot call: write it in operations of "
                f"autograd, or leave jit out"
            )
        mark = None if operation.name in CONDITIONS else PLACEHOLDER
        args: list[Any] = []
        marks: list[float | None] = []
        for operand in operands:
            if type(operand) is float:
                args.append(operand)
                marks.append(None)
            elif isinstance(operand, Value):
                operand = self.standing_for(operand)
                if not isinstance(operand, Traced):
                    self.outside.setdefault(id(operand), operand)
                elif operand.tape is not self:
                    raise TraceError(
                        f"{operation.name} at {user_line()}\nwas given a Value that another "
                        f"traced call left behind; return results from the function instead of "
                        f"storing them"
                    )
                args.append(operand)
                # As in the eager engine, where a comparison is a bool: no derivative passes.
                marks.append(None if isinstance(operand, Condition) else mark)
            else:
                args.append(real(operand, operation.name))
                marks.append(None)
        if operation.name in CONDITIONS:
            key = (operation.name, *[arg if type(arg) is float else (id(arg),) for arg in args])
            if key in self._conditions:  # the same comparison again is the same condition
                return self._conditions[key]
        slots: tuple[Any, ...]
        if len(args) > 2:
            slots = (tuple(args), tuple(marks), None, None)
        elif len(args) == 2:
            slots = (args[0], args[1], marks[0], marks[1])
        else:
            slots = (args[0], None, marks[0], None)
        kind = Condition if operation.name in CONDITIONS else Traced
        node = self._node(kind, operation, *slots)
        node.place = len(self.nodes)
        self.nodes.append(node)
        if kind is Condition:
            self._conditions[key] = node
            return node
        if thread.recording:
            return node
        barrier = self._node(Traced, ops.stop_gradient, node, None, None, None)  # under no_grad
        barrier.place = len(self.nodes)
        self.nodes.append(barrier)
        return barrier


def tracing(tape: Tape) -> Mode:
    """Record on the tape inside, also where the caller is under no_grad."""
    return Mode(recorder=tape, recording=True)


def called_with(
    stand_ins: Sequence[Value], values: Sequence[Value], function: Any, *arguments: Any
) -> Any:
    """Call a function in which traced Values stand for Values from outside.

    So what it reads from outside, wherever it gets it, can be among the arguments of the function
    that is being traced.
    """
    tape: Any = thread.recorder
    before = tape.stand_ins
    tape.stand_ins = {**before, **dict(zip(map(id, values), stand_ins, strict=True))}
    try:
        leaves, structure = flatten(function(*arguments))
        standing = [tape.standing_for(leaf) if isinstance(leaf, Value) else leaf for leaf in leaves]
        return unflatten(structure, standing)
    finally:
        tape.stand_ins = before


def traced_call(function: Any, tape: Tape, arguments: Any) -> tuple[list[Any], Structure]:
    """Run the function while the tape records; return what it returned, flattened.

    Raises:
        TypeError: it returned something that is neither a number nor a Value.
    """
    with tracing(tape):
        result = function(*arguments)
    leaves, structure = flatten(result)
    outputs: list[Any] = []
    for leaf in leaves:
        if isinstance(leaf, Value):
            if isinstance(leaf, Traced) and leaf.tape is not tape:
                raise TraceError(
                    "the function returned a Value that another traced call left behind"
                )
            if not isinstance(leaf, Traced):
                tape.outside.setdefault(id(leaf), leaf)
            outputs.append(leaf)
        else:
            outputs.append(real(leaf, f"the result of {name_of(function)}"))
    return outputs, structure


def name_of(function: Any) -> str:
    """Return what to call a function in messages."""
    return getattr(function, "__name__", None) or type(function).__name__
