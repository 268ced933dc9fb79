"""Traces a function: runs it once on Values without numbers, and records its operations.

Meanwhile every operation and comparison of this context is recorded on the ``Trace``, and a
``Tracer`` stands for its result. Whatever needs a number at once (``float()``, ``.data``)
is a TraceError that names the user's line and the remedy, so that no number of the traced call
becomes a constant unnoticed.
"""

from __future__ import annotations

import array
import copy
import itertools
import marshal
import math
import numbers
import operator
import re
import sys
import types
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple, NoReturn

from autograd.callsite import (
    indexes_a_list,
    is_comparison,
    is_own,
    seeks_among_numbers,
    user_frame,
    user_line,
)
from autograd.decorated import name_of
from autograd.engine.accelerator import native
from autograd.engine.modes import Mode, current
from autograd.engine.node import is_number
from autograd.engine.value import Value
from autograd.errors import MissingAttributeError, OperandError, TraceError
from autograd.habits import OF_VALUES, advice
from autograd.ir.arrays import traced_array
from autograd.table import rows as ops
from autograd.table.opaque import Primitive
from autograd.table.operation import Operation, is_real, real
from autograd.trees import Structure, check_numbers, flatten, unflatten

TRUTH = "Compare it, as in x > 0, and decide by that; or choose by autograd.where(condition, a, b)"
Bits = Callable[[int, int], object]
WHICH = "Decide by it, as in `if c:` or `if not c:`, or compare it, as in c == True"
NUMBERS = (
    "Compute with the Value itself and the functions of autograd (autograd.sin in place of "
    "math.sin, autograd.sum of math.fsum; numpy.empty(n, dtype=object) for an array of Values; no "
    "astype(float), since all are doubles), or use autograd.stop_gradient(x) to keep derivatives "
    "from passing"
)

WHOLE = (
    "Look an entry up by autograd.take(table, i), or table[i] of an array among the arguments, "
    "with i as it is; count steps by fori_loop or scan; the whole number below is "
    "autograd.floor(x)"
)

FEW = 3  # arguments of which a message speaks
PIECES = 32  # in which a trace is dropped while it is lowered
PLAIN = "What is called there takes plain numbers: counts, sizes, keys"

# An operand: the number of an earlier value of the trace, or a constant.
Reference = int | float


def _static(*names: str) -> str:
    which = repr(names[0] if len(names) == 1 else names)
    return f"stay a number of Python's, with a program for each: jit(f, static_argnames={which})"


def _refuse(what: str, remedy: str, tracer: Tracer | None = None) -> NoReturn:
    if tracer is not None and not tracer.is_left_over:
        frame = user_frame()
        tracer.trace.refused = frame.f_code, frame.f_lasti, tracer
    if tracer is not None and tracer.is_left_over:
        remedy = "This one is left over from tracing, which has ended: return it from the function"
    elif tracer is not None and tracer.op is None and tracer.label:
        name = re.split(r"[^\w]", tracer.label)[0]
        what = what.replace("a traced Value", f"the argument {tracer.label!r}, a traced Value,")
        remedy += f". Or let the argument {_static(name)}" + ", given as a tuple" * (
            "[" in tracer.label
        )
    elif tracer is not None and remedy is not NUMBERS and (names := tracer.trace.below(tracer)):
        which = "the argument" + "s" * (len(names) > 1) + " " + ", ".join(map(repr, names))
        remedy += f". Or let {which}, from which it is computed, {_static(*names)}"
    raise TraceError(
        f"{what} at {user_line()}\n"
        f"Under jit a Value has no number yet: it stands for the numbers of every later call. "
        f"{remedy}."
    )


class Tracer(Value):
    """A Value without a number: what stands for a result while a function is traced."""

    __slots__ = ("number", "trace")

    number: int  # its place in the trace
    trace: Trace
    is_condition = False
    array_type = staticmethod(traced_array)  # of an array of traced Values

    def __init__(self) -> None:
        _refuse("a traced Value was made", "Traced Values are made by tracing alone")

    def __getattr__(self, name: str) -> Any:
        # The slots of a node are empty, so reading them calls this method.
        if name in ("_data", "_grad", "_mark"):
            _refuse(f"the number ({name[1:]}) of a traced Value was asked for", NUMBERS, self)
        if name == "op":
            self._check_traced(name)
            return self.trace.operations[self.number]
        words = f"a traced Value has no attribute {name!r}{advice(name, OF_VALUES)}"
        raise MissingAttributeError(words, name=name)

    @property
    def is_left_over(self) -> bool:
        """Whether tracing has ended, and what was recorded is gone."""
        return self.number >= len(self.trace.operations)

    def _check_traced(self, name: str) -> None:
        if self.is_left_over:
            _refuse(f"{name} of a traced Value was asked for", "", self)

    @property
    def grad(self) -> float:
        """Refuse: there is no backward pass while a function is traced."""
        _refuse("the number (grad) of a traced Value was asked for", NUMBERS, self)

    @grad.setter
    def grad(self, number: object) -> None:
        _refuse("the number (grad) of a traced Value was assigned to", NUMBERS, self)

    @property
    def args(self) -> tuple[object, ...]:
        """The operands in order: a traced Value each, or a constant."""
        self._check_traced("args")
        return tuple(map(self.trace.tracer, self.trace.operands[self.number]))

    @property
    def partials(self) -> tuple[float | None, ...]:
        """Refuse: partials are numbers."""
        _refuse("the numbers (partials) of a traced Value were asked for", NUMBERS)

    def __repr__(self) -> str:
        if self.is_left_over:
            return "Traced(left over)"
        return f"Traced({self.op.name if self.op is not None else self.label or 'input'})"

    def __format__(self, spec: str) -> str:
        if spec:
            _refuse(f"format(x, {spec!r}) of a traced Value was asked for", NUMBERS)
        return repr(self)

    def __float__(self) -> float:
        _refuse("float() of a traced Value was asked for", NUMBERS, self)

    def __int__(self) -> int:
        _refuse("int() of a traced Value was asked for", WHOLE, self)

    def __index__(self) -> int:
        _refuse(
            "an index or a count was to be a traced Value",
            "Look numbers up by autograd.take(table, i), count steps by fori_loop or scan, and "
            "multiply a list as [number * v for number in numbers]",
            self,
        )

    def __bool__(self) -> bool:
        _refuse("the truth of a traced Value was asked for", TRUTH, self)

    def _refuse_equal(self, sign: str, remedy: str) -> NoReturn:
        is_written = is_comparison(user_frame())  # else by NumPy, or in C: np.arange(n)
        what = f"a traced Value was compared by {sign}" + " in what is called" * (not is_written)
        _refuse(what, remedy if is_written else PLAIN, self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, (Value, numbers.Number)) or is_real(other):
            self._refuse_equal("==", "Write (a <= b) & (a >= b)")
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        if self is other:
            return False
        if isinstance(other, (Value, numbers.Number)) or is_real(other):
            self._refuse_equal("!=", "Write (a < b) | (a > b)")
        return NotImplemented

    def __hash__(self) -> int:
        if seeks_among_numbers(sys._getframe(1)):
            which = "whether a set or a dict of numbers holds a traced Value was asked"
            _refuse(which, "Compare it with each, as in (a <= 2) & (a >= 2)", self)
        return object.__hash__(self)

    def backward(self, gradient: object = 1.0, **settings: object) -> None:
        """Refuse: the derivative of a traced function is autograd.grad of it."""
        _refuse("backward() of a traced Value was called", "Write jit(grad(f)) or value_and_grad")

    def __copy__(self) -> Value:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Value:
        _refuse("a copy of a traced Value was asked for", NUMBERS)

    def __reduce__(self) -> tuple[object, ...]:
        _refuse("a pickle of a traced Value was asked for", NUMBERS)


class Condition(Tracer):
    """A traced comparison: what ``where`` takes, and what ``& | ~`` combine."""

    __slots__ = ()
    is_condition = True

    def __and__(self, other: object) -> object:
        return _combined(ops.both, operator.and_, self, other)

    __rand__ = __and__

    def __or__(self, other: object) -> object:
        return _combined(ops.either, operator.or_, self, other)

    __ror__ = __or__

    def __xor__(self, other: object) -> Any:
        if isinstance(other, Condition):
            return (self & ~other) | (~self & other)
        if _is_truth(other):
            return ~self if other else self
        return _of_bits(operator.xor, self, other)

    __rxor__ = __xor__

    def __lshift__(self, other: object) -> object:
        return _of_bits(operator.lshift, self, other)

    def __rlshift__(self, other: object) -> object:
        return _of_bits(operator.lshift, other, self)

    def __rshift__(self, other: object) -> object:
        return _of_bits(operator.rshift, self, other)

    def __rrshift__(self, other: object) -> object:
        return _of_bits(operator.rshift, other, self)

    def __bool__(self) -> bool:
        self._check_traced("the truth")
        return self.trace.decide(self.number)

    def any(self, *_: object, **named: object) -> Condition:
        """Return the condition itself, as that of NumPy's bool, which ``any`` of a mask gives."""
        return self

    def all(self, *_: object, **named: object) -> Condition:
        """Return the condition itself."""
        return self

    def item(self, *place: object) -> bool:
        """Return the bool that it is at each call."""
        return bool(self)

    def __invert__(self) -> Any:
        return self._apply(ops.opposite, (self,))

    def __eq__(self, other: object) -> Any:
        """Return whether both are true or both false, as for two bools, of which 1 is one."""
        if self is other:
            return True
        other = _as_truth(other)
        if isinstance(other, Condition):
            return ~(self ^ other)
        if _is_truth(other):
            return self if other else ~self
        return False if is_real(other) else NotImplemented

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        if equal is NotImplemented:
            return equal
        return ~equal if isinstance(equal, Condition) else not equal

    def __hash__(self) -> int:
        return hash(bool(self))

    def __index__(self) -> int:
        self._check_traced("the truth")
        if self.trace.places is not None:
            self.trace.places.refuse_once(self)
        return int(bool(self))

    def __getattr__(self, name: str) -> object:
        places = self.trace.places
        if (name == "__array__" and places is not None) and (
            self.is_left_over or places.is_of_array(self)
        ):
            import numpy

            return lambda *_, **named: numpy.array(bool(self))
        if name in _OF_WHOLE_NUMBERS:
            return getattr(bool(self), name)
        return super().__getattr__(name)

    def __int__(self) -> int:
        return int(bool(self))

    def __float__(self) -> float:
        return float(bool(self))


def refuse_identity(obj: object) -> None:
    """Refuse to say which bool an object is, if under jit it is none and stands for one."""
    if type(obj) is Condition:
        _refuse("which bool a condition is was asked (is, match)", WHICH, obj)
    if type(obj) is Tracer and not obj.is_left_over and obj.number in obj.trace.arguments:
        _refuse("whether a traced Value is True or False itself was asked", TRUTH, obj)


class AskedForPlace(BaseException):
    """An index is a condition, which is place 0 or 1 in a list and a mask to NumPy."""


class Places:
    """Tells lists from arrays where an index is a condition: table[x > 0].

    NumPy asks for a place first and then, where there is none, for an array. What passes the
    refusal on is no array: the function is traced again, and the same question is answered. Most
    often the code tells that a list is asking, by its name or since it is written there.
    """

    def __init__(self) -> None:
        self._of_lists: set[int] = set()
        self.begin()

    def begin(self) -> None:
        """Count the questions from the first again."""
        self._count, self._refused = 0, list[tuple[int, Condition]]()

    def refuse_once(self, condition: Condition) -> None:
        """Refuse to be a place, unless it is known that a list is asking."""
        if indexes_a_list(sys._getframe(2)):
            return
        self._count += 1
        if self._count not in self._of_lists:
            self._refused.append((self._count, condition))
            raise AskedForPlace

    def is_of_array(self, condition: Condition) -> bool:
        """Return whether a condition that was no place is asked for an array now."""
        is_next = bool(self._refused) and self._refused[-1][1] is condition
        if is_next:
            self._refused.pop()
        return is_next

    def is_left(self) -> bool:
        """Return whether a list was refused: the function has to be traced again."""
        self._of_lists |= {number for number, _ in self._refused[:1]}
        return bool(self._refused)


class CannotConvert(Exception):  # noqa: N818 - caught by jit, which then keeps the ways apart
    """What an ``if`` gives is asked what a choice cannot tell, or an arm may have effects."""


class Chosen(Tracer):
    """What an ``if`` gives that became a choice: to Python one of two objects.

    It computes as a number does. Whoever asks which object it is, of which type, or for its digits
    gets no answer; the ways are then kept apart.

    Attributes:
        plain: the numbers of Python's that it may be, where it is no Value.
    """

    __slots__ = ("plain",)

    plain: tuple[object, ...]

    def _asked(self, *_: object) -> NoReturn:
        self.trace.keep_apart()

    __hash__ = __eq__ = __ne__ = __repr__ = __str__ = __format__ = _asked  # type: ignore[assignment]
    __bool__ = __int__ = __float__ = __index__ = _asked

    @property  # type: ignore[misc]  # isinstance reads it
    def __class__(self) -> type[Chosen]:
        """Return the class to this package, and to others only where it is certain."""
        frame: Any = sys._getframe(1)
        while frame.f_code.co_name in ("__instancecheck__", "__subclasshook__"):
            frame = frame.f_back
        if self.plain and not is_own(frame.f_code.co_filename):
            self.trace.keep_apart()
        return Chosen

    def __getattr__(self, name: str) -> object:
        if name in _OF_NUMBERS:
            self.trace.keep_apart()
        return super().__getattr__(name)


_OF_WHOLE_NUMBERS = {*vars(int)} - {*dir(Value), *dir(object)}
_OF_NUMBERS = {"_data", "_grad", *dir(float), *dir(int)}
_PYTHONS: dict[Operation, Callable[..., Any]] = {
    ops.add: operator.add, ops.subtract: operator.sub, ops.multiply: operator.mul,
    ops.divide: operator.truediv, ops.power: operator.pow, ops.negative: operator.neg,
    ops.floor_divide: operator.floordiv, ops.remainder: operator.mod, ops.rounded: round,
    ops.floor: math.floor, ops.ceil: math.ceil,
}  # fmt: skip
MOST_PLAIN = 64  # numbers of Python's that a choice may be


def plain_numbers(obj: object) -> tuple[object, ...]:
    """Return which numbers of Python's an object may be to Python: none for a Value."""
    if isinstance(obj, Condition):
        return False, True
    return obj.plain if type(obj) is Chosen else () if isinstance(obj, Value) else (obj,)


def _plain_results(operation: Operation, operands: Sequence[object]) -> tuple[object, ...] | None:
    """Return what Python may compute itself; None where that differs from what is recorded."""
    found: dict[object, object] = {}
    given: list[tuple[Any, ...]] = [*map(plain_numbers, operands)]
    if math.prod(map(len, given)) > MOST_PLAIN**2:
        return None
    compute: Any = _PYTHONS.get(operation, operation.value)
    for each in itertools.product(*given):
        try:
            result: Any = compute(*each)
            if repr(float(result)) != repr(float(operation.value(*map(float, each)))):
                return None
        except (ArithmeticError, TypeError, ValueError):
            return None
        found[type(result), repr(result)] = result
    return tuple(found.values()) if len(found) <= MOST_PLAIN else None


def _is_truth(obj: object) -> bool:
    """Return whether it is a bool of Python's or NumPy's."""
    return type(obj).__name__ in ("bool", "bool_")


def _as_truth(obj: object) -> object:
    """Return the bool that a number of any kind equals, and anything else as it is."""
    is_number = is_real(obj) or isinstance(obj, numbers.Number)
    return bool(obj) if is_number and obj in (0, 1) else obj


def _combined(operation: Operation, bits: Bits, left: Condition, right: Any) -> object:
    if isinstance(right, Condition) or _is_truth(right):
        other = right if isinstance(right, Condition) else float(right)
        return left._apply(operation, (left, other))
    return _of_bits(bits, left, right)


def _of_bits(bits: Bits, *given: object) -> object:
    """Return what Python computes of whole numbers, and of conditions as the bools they are."""
    if not all(isinstance(each, Condition | numbers.Integral) for each in given):
        return NotImplemented
    first, second = [int(each) for each in given]  # type: ignore[call-overload]
    return bits(first, second)


_new = object.__new__


def _appended(
    operations: list[Operation | None],
    operands: list[tuple[Reference, ...]],
    operation: Operation | None,
    references: tuple[Reference, ...],
) -> int:
    """Append an operation and its operands to a trace; return its number.

    It is one step to Python: what a signal handler records, or a finaliser, cannot fall in between.
    """
    calls: tuple[Any, ...] = (len, operations.append, operands.append)
    made: tuple[Any, ...] = (*map(operator.call, calls, (operations, operation, references)),)
    number: int = made[0]
    return number


appended = _appended if native is None else native.append_traced


def _operator(row: Operation, name: str) -> None:
    """Give Tracer an operator that records plain operands at once; all else goes Value's way."""
    slow = getattr(Value, name)
    is_swapped = name.startswith("__r")

    def recorded(self: Tracer, other: object) -> Any:
        trace, kind = self.trace, type(other)
        reference: Any
        if kind is Tracer or kind is Chosen:
            reference = other.number if other.trace is trace else None  # type: ignore[attr-defined]
        else:
            reference = other if kind is float else None
        state: Any = current()
        if (
            reference is None
            or type(self) is not Tracer
            or state.recorder is not trace
            or not state.recording
            or trace.substitutes
            or trace.parent is not None  # a body, which numbers equal operations alike
        ):
            return slow(self, other)
        pair = (reference, self.number) if is_swapped else (self.number, reference)
        made = _new(Tracer)
        made.trace = trace
        made.number = appended(trace.operations, trace.operands, row, pair)
        return made

    recorded.__name__ = name
    setattr(Tracer, name, recorded)


for _row, _name in ((ops.add, "add"), (ops.subtract, "sub"), (ops.multiply, "mul"),
                    (ops.divide, "truediv"), (ops.power, "pow")):  # fmt: skip
    _operator(_row, f"__{_name}__")
    _operator(_row, f"__r{_name}__")


class OtherBits(Exception):  # noqa: N818 - caught where ``if`` became a choice
    """With a choice for an ``if`` a derivative would be another sum of the same numbers."""


class Guard(NamedTuple):
    """A decision of Python by a traced condition: what it was, where, and after what operations."""

    outcome: bool
    line: str
    fingerprint: int


class Trace:
    """The operations of one function in the order in which it called them.

    Values are numbered in the order in which they appear: arguments, captures and results. An
    operand is the number of an earlier value, or a constant. Nothing is simplified here, since a
    derivative adds up its contributions as the eager engine does.

    Attributes:
        operations: for each number the row of the table; None for an argument, a captured Value,
            and a constant by which a derivative is taken.
        operands: for each number the operands, numbers or constants.
        arguments: the numbers of the arguments, and their names.
        captures: the numbers of the captured Values, by their identity.
        captured: these Values by their numbers; they are read at every call.
        constants: the floats of the numbers that stand for constants.
        substitutes: what stands for some Values instead (``called_with``).
        examples: the numbers of the arguments in the call at hand; empty where there are none.
        guards: the conditions on which Python decided, in order.
        decided: those of them that it met since the function was last traced from its begin.
        deciders: how often which code of the user's decided.
        converts: which ``if`` may become choices (if-conversion); empty for none.
        spoiled: not empty where a choice was asked what it cannot tell.
        pieces: for each of these the numbers that it alone may use, and its own numbers.
        parts: for each loop the numbers of the parts of what it gives, and which parts they are.
        tables: the numbers of arrays, by what is in them.
        wholes: the numbers of the arguments that are used as whole arrays, by their place.
        fixed: those among them whose length the function has asked for.
        same_length: pairs of them that a loop goes through together.
        truths: of the conditions that are bools among the arguments the numbers, 1 or 0.
        parent: of the body of a loop the trace around it.
        places: who asks conditions for the place in a table that they are.
        refused: the code of the user's, and the place in it, that last asked for a number; of what.
    """

    def __init__(self) -> None:
        self.operations: list[Operation | None] = []
        self.operands: list[tuple[Reference, ...]] = []
        self.arguments: list[int] = []
        self.names: list[str] = []
        self.captures: dict[int, int] = {}
        self.captured: dict[int, Value] = {}
        self.constants: dict[int, float] = {}
        self.substitutes: dict[int, Value] = {}
        self.examples: dict[int, float] = {}
        self.guards: dict[int, Guard] = {}
        self.decided: set[int] = set()
        self.deciders: Counter[types.CodeType] = Counter()
        self.converts = ""
        self.pieces: list[tuple[set[int], range]] = []
        self.spoiled: list[bool] = []
        self.parts: dict[Reference, dict[int, int]] = {}
        self.tables: dict[tuple[str, ...], int] = {}
        self.wholes: dict[int, int] = {}
        self.fixed: set[int] = set()
        self.same_length: list[tuple[int, int]] = []
        self.truths: dict[int, int] = {}
        self.parent: Trace | None = None
        self.places: Places | None = None
        self.refused: tuple[types.CodeType, int, Tracer] | None = None
        self._fingerprint = (0, 0)
        self._reached: tuple[int, int | bool] = (0, True)
        self._conditions: dict[tuple[object, ...], int] = {}
        self._values: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self.operations)

    def append(self, operation: Operation | None, operands: tuple[Reference, ...]) -> int:
        """Return the number of a new value."""
        return appended(self.operations, self.operands, operation, operands)

    def condition(self, operation: Operation, operands: tuple[Reference, ...]) -> int:
        """Return the number of a condition; the same comparison again is the same condition."""
        key = (operation, tuple([repr(each) for each in operands]))
        number = self._conditions.get(key)
        if number is None:
            number = self._conditions[key] = self.append(operation, operands)
        return number

    def tracer(self, reference: Reference) -> Any:
        """Return what stands for a number: a tracer; for a constant itself."""
        if type(reference) is not int:
            return reference
        operation = self.operations[reference]
        is_condition = operation is not None and operation.is_condition
        tracer: Tracer = _new(Condition if is_condition else Tracer)
        tracer.number, tracer.trace = reference, self
        return tracer

    def argument(self, name: str) -> Any:
        """Return a tracer for one number among the arguments."""
        self.arguments.append(self.append(None, ()))
        self.names.append(name)
        tracer = self.tracer(self.arguments[-1])
        tracer._label = name
        return tracer

    def truth(self, name: str) -> Value:
        """Return the condition that a bool among the arguments is, which memory holds as 1 or 0."""
        number = self.argument(name).number
        made = self.append(ops.less, (0.0, number))
        self.truths[made] = number
        condition: Value = self.tracer(made)
        return condition

    def leaf(self, number: float) -> object:
        """Return a tracer for a constant by which a derivative is taken."""
        place = self.append(None, ())
        self.constants[place] = number
        return self.tracer(place)

    def decide(self, number: int) -> bool:
        """Return what a condition is for the call at hand, and guard the trace by it.

        The trace is right for every call in which all guards hold: such a call takes the same way.
        """
        if number not in self.guards:
            if not self.examples and self.arguments:
                _refuse(
                    "an operation or a rule of your own (@primitive) decided by a number",
                    "It is compiled once for all: choose by autograd.where(condition, a, b)",
                )
            self.guards[number] = Guard(self._value(number) != 0.0, user_line(), self._printed())
            self.deciders[user_frame().f_code] += 1
        self.decided.add(number)
        return self.guards[number].outcome

    def is_decided(self, number: int) -> bool:
        """Return whether Python has decided by a condition."""
        return number in self.decided

    def _printed(self) -> int:
        """Return a fingerprint of all operations so far."""
        first, before = self._fingerprint
        rows = tuple(
            [id(row) if row is None else row.identity() for row in self.operations[first:]]
        )
        now = hash((before, rows, marshal.dumps(self.operands[first:], 2)))
        self._fingerprint = (len(self.operations), now)
        return now

    def _value(self, number: int) -> float:
        """Return what a number is in the call at hand; computed once, with all below it."""
        values = self._values
        captured = self.captured
        stack = [number]
        while stack:
            place = stack[-1]
            operation, operands = self.operations[place], self.operands[place]
            missing = [each for each in operands if type(each) is int and each not in values]
            if place in values or missing:
                stack.pop() if place in values else stack.extend(missing)
            elif operation is not None:
                given = [values[each] if type(each) is int else float(each) for each in operands]
                result: Any = operation.value(*given)
                values[place] = result if isinstance(result, list) else float(result)
            elif place in captured:
                values[place] = captured[place]._data
            else:
                values[place] = self.constants.get(place, self.examples.get(place, 0.0))
        number_: float = values[number]
        return number_

    def reached(self) -> int | bool:
        """Return the condition that all guards so far hold."""
        count, whole = self._reached
        for number, guard in [*self.guards.items()][count:]:
            each = number if guard.outcome else self.condition(ops.opposite, (number,))
            whole = each if whole is True else self.condition(ops.both, (whole, each))
        self._reached = len(self.guards), whole
        return whole

    def around(self) -> int | bool:
        """Return the condition on which loops go on besides ``reached``: there is none around."""
        return True

    def holds(self) -> Reference:
        """Append the condition that all guards hold; return where it is, as the number 1 or 0."""
        whole = self.reached()
        return 1.0 if whole is True else self.append(ops.select, (whole, 1.0, 0.0))

    def standing_for(self, value: Value) -> Value:
        """Return what stands for a Value, or a number, while it is traced: mostly itself."""
        return self.substitutes.get(id(value), value)

    def reference(self, obj: object, name: str) -> Reference:
        """Return the number of a Value, captured where it is from outside, or a constant."""
        if isinstance(obj, Value):
            obj = self.standing_for(obj)
            if isinstance(obj, Tracer):
                if obj.trace is not self:
                    raise TraceError(
                        f"{name} at {user_line()}\nwas given a Value that another traced call "
                        f"left behind; return results from the function instead of storing them"
                    )
                return obj.number
            number = self.captures.get(id(obj))
            if number is None:  # nor has a signal handler captured it by then
                number = self.captures.setdefault(id(obj), self.append(None, ()))
                self.captured[number] = obj
            return number
        return real(obj, name)

    def record(self, operation: Operation, operands: tuple[object, ...]) -> object:
        """Record one operation; the engine calls it in place of computing."""
        if len(operands) == 1:  # nearly all that is no operator
            (one,) = operands
            is_plain = type(one) is Tracer and one.trace is self and not self.substitutes
            if is_plain and type(operation) is Operation and not operation.conditions:
                assert isinstance(one, Tracer)
                if current().recording and not operation.is_condition:
                    made = _new(Tracer)
                    made.number, made.trace = self.append(operation, (one.number,)), self
                    return made
        if isinstance(operation, Primitive):
            operation = _written(operation)
        references = []
        for place, operand in enumerate(operands):
            if type(operand) is not float:
                operand_ = self.reference(operand, operation.name)
                if isinstance(operand, Condition) is not (place in operation.conditions):
                    operand_ = self._converted(operand_, operand)
                operand = operand_
            elif place in operation.conditions:
                operand = operand != 0.0
            references.append(operand)
        if operation.is_condition:
            return self.tracer(self.condition(operation, tuple(references)))
        plain: tuple[object, ...] | None = ()
        if Chosen in map(type, operands):
            plain = _plain_results(operation, operands)
            if plain is None:
                self.keep_apart()
        number = self.append(operation, tuple(references))
        if not current().recording:  # under no_grad
            number = self.append(ops.stop_gradient, (number,))
        return self.chosen(number, plain) if plain else self.tracer(number)

    def chosen(self, number: Reference, plain: tuple[object, ...]) -> object:
        """Return what stands for a number that to Python may be one of these."""
        if type(number) is not int:
            return number
        made = _new(Chosen)
        made.number, made.trace, made.plain = number, self, plain
        return made

    def keep_apart(self) -> NoReturn:
        """Raise what ends the tracing with choices, also where the function catches it."""
        self.spoiled.append(True)
        raise CannotConvert

    def _converted(self, reference: Reference, operand: object) -> Reference:
        """Return a condition as the number 1 or 0, as Python has it, and a number as its truth."""
        if type(reference) is not int:
            return bool(reference)
        if isinstance(operand, Condition):
            known = self.truths.get(reference)
            return self.append(ops.select, (reference, 1.0, 0.0)) if known is None else known
        sides = ((reference, 0.0), (0.0, reference))
        return self.condition(ops.either, tuple([self.condition(ops.less, s) for s in sides]))

    def number_of(self, obj: object, name: str) -> Reference:
        """Return what stands for a number or a truth; a truth is 1 or 0."""
        reference = self.reference(obj, name)
        is_truth = isinstance(obj, Condition) and type(reference) is int
        return self._converted(reference, obj) if is_truth else reference

    def order(self, roots: Iterable[Reference], stops: frozenset[int] = frozenset()) -> list[int]:
        """Return the numbers under the roots, operands before results, as engine.order has them.

        Operands by which nothing is differentiated (constants, conditions) are left out, and so
        is what lies below ``stops``.
        """
        seen = bytearray(len(self.operations))
        for stop in stops:
            seen[stop] = 1
        order: list[int] = []
        stack = [root for root in roots if type(root) is int][::-1]
        operations, operands = self.operations, self.operands
        if native is not None:
            ordered: list[int] = native.order_trace(operations, operands, seen, stack[::-1])
            return ordered
        push, pop, add = stack.append, stack.pop, order.append
        while stack:
            number = pop()
            if number < 0:
                add(~number)
                continue
            if seen[number]:
                continue
            seen[number] = 1
            operation = operations[number]
            if operation is None:
                add(number)
                continue
            push(~number)
            references = operands[number]
            if len(references) == 2 and not operation.conditions:  # nearly all, written out
                first, second = references
                if type(second) is int and not seen[second]:
                    push(second)
                if type(first) is int and not seen[first]:
                    push(first)
                continue
            for place in range(len(references) - 1, -1, -1):
                operand = references[place]
                if type(operand) is int and place not in operation.conditions:
                    push(operand)
        return order

    def below(self, tracer: Tracer) -> list[str]:
        """Return the names of the arguments that a Value is computed from, where they are few."""
        names = dict(zip(self.arguments, self.names, strict=True))
        found = [names[number] for number in self.order([tracer.number]) if number in names]
        return found if len(found) <= FEW and all(map(str.isidentifier, found)) else []

    def check_pieces(self, order: Iterable[int]) -> None:
        """See that what an ``if`` chooses between is used by nothing else below a derivative.

        Then all contributions to it come through the choice, and their sum has the bits of the
        arm that was taken.

        Raises:
            OtherBits: another operation uses it.
        """
        own = {number: place for place, (used, _) in enumerate(self.pieces) for number in used}
        for number in order:
            operation = self.operations[number]
            for place, operand in enumerate(self.operands[number]):
                at = own.get(operand) if type(operand) is int else None
                if at is None or operation is None or place in operation.conditions:
                    continue
                if number not in self.pieces[at][1]:
                    raise OtherBits

    def spent(self) -> tuple[Iterator[Operation | None], Iterator[tuple[Reference, ...]]]:
        """Return what yields operations and what yields operands, which the trace drops then.

        No more may be asked for than there are.
        """
        self.operations.reverse()
        self.operands.reverse()
        end: Any = object()
        return iter(self.operations.pop, end), iter(self.operands.pop, end)

    def recorded_in_order(
        self, spend: bool
    ) -> Iterator[tuple[int, list[Operation | None], list[tuple[Reference, ...]]]]:
        """Yield operations and operands piece by piece, each with the number of its first.

        Args:
            spend: whether the trace drops them, so that each piece lasts until the next one.
        """
        operations, operands = self.operations, self.operands
        if not spend:
            yield 0, operations, operands
            return
        self.operations, self.operands = [], []
        size = len(operations) // PIECES + 1
        pieces = [
            (start, operations[start : start + size], operands[start : start + size])
            for start in range(0, len(operations), size)
        ]
        del operations, operands
        pieces.reverse()
        while pieces:
            yield pieces.pop()

    def forget(self) -> None:
        """Drop the operations, and keep the arguments and the captures."""
        self.operations, self.operands, self.constants = [], [], {}
        self._conditions, self._values = {}, {}


class Frozen:
    """A trace in compact form, from which it can be restored."""

    def __init__(self, trace: Trace, outputs: Sequence[Reference]) -> None:
        self._kinds = list(dict.fromkeys(trace.operations))
        places = {kind: place for place, kind in enumerate(self._kinds)}
        code = "H" if len(places) <= 2**16 else "I"
        self._places = array.array(code, map(places.__getitem__, trace.operations))
        self._lengths: Sequence[int]  # how many operands each has
        try:
            self._lengths = bytes(map(len, trace.operands))
        except ValueError:  # more than 255: of a loop, for instance
            self._lengths = array.array("i", map(len, trace.operands))
        constants: dict[object, int] = {}  # operands that are constants: -1, -2, ...
        self._constants: list[Reference] = []

        def place(reference: Reference) -> int:
            if type(reference) is int:
                return reference
            key = reference.hex() if type(reference) is float else reference
            if key not in constants:
                constants[key] = ~len(constants)
                self._constants.append(reference)
            return constants[key]

        flat = chain.from_iterable(trace.operands)
        self._operands = array.array("i", [x if type(x) is int else place(x) for x in flat])
        self._rest = list(outputs), dict(trace.constants)
        self._trace = trace

    def thawed(self) -> tuple[Trace, list[Reference]]:
        """Return an equal trace, and its outputs."""
        trace = copy.copy(self._trace)
        constants = self._constants
        references = iter([x if x >= 0 else constants[~x] for x in self._operands])
        kinds = self._kinds
        trace.operations = [kinds[place] for place in self._places]
        trace.operands = [tuple(islice(references, length)) for length in self._lengths]
        outputs, trace.constants = self._rest
        return trace, outputs


def _written(operation: Primitive) -> Operation:
    """Return a user's operation as a composite of ours.

    Raises:
        TypeError: its function cannot run on traced Values.
    """
    if operation not in _KNOWN:
        trace = Trace()
        arguments = [trace.argument(name) for name in operation.parameters]
        try:
            traced_call(operation.written.definition or operation, trace, arguments)
        except Exception as error:
            raise TraceError(
                f"{operation.name} at {user_line()}\nis an operation of your own (@primitive), a "
                f"Python function that compiled code cannot call: write it with Python's operators "
                f"and the functions of autograd, which take floats too (where in place of an if), "
                f"or leave jit out"
            ) from error
        _KNOWN.add(operation)
    return operation.written


_KNOWN: weakref.WeakSet[Primitive] = weakref.WeakSet()  # that are known to be composites of ours


def tracing(trace: Trace) -> Mode:
    """Record on the trace inside, also where the caller is under no_grad."""
    return Mode(recorder=trace, recording=True)


def called_with(
    substitutes: Sequence[Value], values: Sequence[Value], function: Any, *arguments: object
) -> object:
    """Call a function in which tracers stand for captured Values.

    So its captures can be among the arguments of the function that is being traced.
    """
    trace: Any = current().recorder
    before = trace.substitutes
    trace.substitutes = {**before, **dict(zip(map(id, values), substitutes, strict=True))}
    try:
        leaves, structure = flatten(function(*arguments))
        standing = [
            trace.standing_for(leaf) if isinstance(leaf, Value) else leaf for leaf in leaves
        ]
        return unflatten(structure, standing)
    finally:
        trace.substitutes = before


def traced_call(
    function: Callable[..., object], trace: Trace, arguments: Sequence[object]
) -> tuple[list[Reference], Structure]:
    """Run the function while the trace records; return what it returned, flattened.

    Raises:
        TypeError: it returned something that is neither a number nor a Value.
    """

    def traced() -> tuple[list[Reference], Structure]:
        leaves, structure = flatten(function(*arguments))
        name = name_of(function)
        try:
            return [trace.reference(leaf, f"the result of {name}") for leaf in leaves], structure
        except OperandError:
            check_numbers(f"jit: {name}", leaves, structure, "the result", is_number)
            raise

    return tracing(trace).run(traced)
