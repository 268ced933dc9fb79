"""What one row of the operation table is, and how its rules are evaluated.

A rule is written once, with arithmetic and other operations only. It is then called with floats
(the eager engine), with Values (the gradient of a graph is a graph), with traced Values (the
compiler) and with symbols (formulas): whoever is not a float says what an operation on it means
in a static method ``_apply(operation, operands)``.
"""

from __future__ import annotations

import math
import numbers
import operator
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast, overload

from autograd.errors import NumberOverflowError, OperandError
from autograd.numberless import check_cells, is_masked, kind_of, way_to_a_number
from autograd.table.elementwise import by_element
from autograd.table.number import N, Number, RealNumber
from autograd.trees import has_length, is_array, unboxed
from autograd.wording import counted, what_is

if TYPE_CHECKING:
    from inspect import Signature

INFINITY = math.inf
TABLE: dict[str, Operation] = {}

Rule = Callable[..., Any]


def real(number: Any, name: str = "Value") -> float:
    """Return a real number as a float, or say which operation was given something else.

    Accepted are int, float, bool, Fraction and whatever else is a numbers.Real, NumPy's real
    scalars, and its arrays of no dimension.
    """
    if type(number) is float:
        return number
    if is_real(number):
        try:
            return float(number)
        except OverflowError:
            raise NumberOverflowError(
                f"{name}: a number of type {type(number).__name__} is too large for a float "
                f"(the largest is about 1.8e308)"
            ) from None
    if isinstance(number, type):
        kind = number.__name__
        raise OperandError(
            f"{name}: takes real numbers and Values, and was given the class {kind} itself: "
            f"write {kind}(...) for an object of it"
        )
    if (content := unboxed(number)) is not number:
        return real(content, name)
    if hasattr(number, "backward"):
        raise OperandError(
            f"{name}: takes a plain number here, and was given a Value: write v.data where its "
            f"number alone is meant, and +v for a node of its own that hands gradients back"
        )
    cleared = ": 0.0 clears a gradient" * (name == "grad" and number is None)
    raise OperandError(
        f"{name}: takes real numbers and Values, and was given {what_is(number)}{cleared}"
        + (way_to_a_number(number) or (_way_to_a_value(number) if name == "Value" else ""))
    )


def is_real(obj: Any) -> bool:
    """Return whether it is a real number: a numbers.Real, or NumPy's of no dimension."""
    if type(obj) is int:
        return True
    kind = getattr(getattr(obj, "dtype", None), "kind", None)
    if kind is not None:
        is_plain = kind in "biuf" and obj.shape == ()  # of NumPy's scalars none is masked
        return is_plain and not (has_length(obj.__class__) and is_masked(obj))
    return isinstance(obj, numbers.Real)


def constant(obj: object, name: str) -> float | None:
    """Return an operand beside a Value as a float; None for what an operator leaves to others.

    Raises:
        TypeError: it is a date, a duration or a masked entry, or an array of such, of which NumPy
            would make numbers unasked.
    """
    if type(obj) is float:
        return obj
    if is_real(obj):
        try:
            return float(cast(float, obj))
        except OverflowError:
            return real(obj, name)  # which says so
    if kind_of(obj) is not None:
        real(obj, name)
    check_cells(obj)
    if type(obj).__name__ == "MaskedArray":  # it would take the number out of the Value
        raise OperandError(
            f"{name}: NumPy's masked arrays compute on plain numbers, without gradients: write "
            f"array.filled(0.0)"
        )
    return None


def _way_to_a_value(obj: object) -> str:
    """Return what to write where a Value was to be made of something else."""
    if isinstance(obj, str) and re.fullmatch(r"\s*[+-]?\d+,\d+\s*", obj):
        return f": the decimal sign is a point, Value({obj.strip().replace(',', '.')})"
    if isinstance(obj, str):
        return ": the number comes first, Value(2.0, 'x'), and float(text) reads one from text"
    if hasattr(obj, "__iter__"):
        return ": one Value holds one number, [Value(number) for number in numbers]"
    return ""


def _method(compute: Callable[[float, float], float]) -> Any:
    """Return the method of IEEE for an operator; it leaves whatever is no float to the other."""

    def method(self: float, other: object, modulo: None = None) -> object:
        if not isinstance(other, (float, int)):
            return NotImplemented
        return IEEE(compute(float(self), float(other)))

    return method


class IEEE(float):
    """A float whose ``/`` and ``**`` follow IEEE 754 where Python's float raises."""

    __slots__ = ()

    __add__ = _method(lambda a, b: a + b)
    __radd__ = _method(lambda a, b: b + a)
    __sub__ = _method(lambda a, b: a - b)
    __rsub__ = _method(lambda a, b: b - a)
    __mul__ = _method(lambda a, b: a * b)
    __rmul__ = _method(lambda a, b: b * a)
    __truediv__ = _method(lambda a, b: divided(a, b))
    __rtruediv__ = _method(lambda a, b: divided(b, a))
    __pow__ = _method(lambda a, b: raised(a, b))
    __rpow__ = _method(lambda a, b: raised(b, a))

    def __neg__(self) -> IEEE:
        return IEEE(-float(self))

    def __abs__(self) -> IEEE:
        return IEEE(abs(float(self)))

    @staticmethod
    def _apply(operation: Operation, operands: tuple[Any, ...]) -> object:
        for operand in operands:
            apply = getattr(type(operand), "_apply", None)
            if apply is not None and not isinstance(operand, IEEE):
                return apply(operation, operands)
        return IEEE(operation.value(*[float(operand) for operand in operands]))


def divided(a: float, b: float) -> float:
    """Return a / b as IEEE 754 has it: 1/0 is inf, 0/0 is nan."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or a != a:
            return math.nan
        return math.copysign(INFINITY, a) * math.copysign(1.0, b)


def _is_odd(b: float) -> bool:
    """Return whether it is an odd whole number; ``b % 2.0`` rounds -0.9999999999999999 to 1.0."""
    return abs(math.fmod(b, 2.0)) == 1.0


def raised(a: float, b: float) -> float:
    """Return a ** b as C's pow has it: (-8) ** (1/3) is nan, 0 ** -1 is inf."""
    try:
        power = a**b
    except ZeroDivisionError:
        return math.copysign(INFINITY, a) if _is_odd(b) else INFINITY
    except OverflowError:
        if a < 0.0 and b % 1.0 != 0.0:  # a complex power that overflowed
            return math.nan
        return -INFINITY if a < 0.0 and _is_odd(b) else INFINITY
    return power if type(power) is float else math.nan


class _Shown:
    """The signature that help() and inspect show of an operation, made when it is asked for."""

    def __get__(self, operation: Operation | None, owner: type) -> Signature:
        if operation is None:
            raise AttributeError  # of the class, which has one of its own
        from inspect import Parameter, Signature

        kind, defaults = Parameter.POSITIONAL_OR_KEYWORD, operation.defaults
        return Signature(
            [
                Parameter(name, kind, default=defaults.get(name, Parameter.empty))
                for name in operation.parameters
            ]
        )


class Operation:
    """One row of the table: an operation on numbers, its derivatives and how it is written.

    Attributes:
        name: the name in the table and in ``autograd``; an operation is pickled by it.
        symbol: Python's spelling, ``+`` or ``tanh``.
        parameters: the names of the operands, in order.
        defaults: numbers for the operands that may be left out, by name.
        value: the function of floats, total: it follows IEEE 754 and never raises.
        definition: the value as an expression in other operations; None for a primitive.
        partials: one rule per operand, called with the result and the operands.
        shown: the same derivatives as a textbook writes them, where that differs.
        tied: the same as a reader needs them where the textbook's form is wrong, at a tie; left out
            where that is as they are computed.
        also: for the first operand other formulas that textbooks have for the derivative.
        written: the value as a textbook writes it, where the operation is known to rules only.
        static: the names of the operands that are plain whole numbers and never Values, such as an
            order; nothing is differentiated by them.
        variables: the places of all other operands.
        commutative: whether two operands may be exchanged, to the bit.
        loses_nan: whether the result can be a number where an operand is nan.
        rule: what its rule of differentiation is called.
        flat: why its derivative is 0 or next to it; {arg} and {other} stand for operands.
        indefinite: what to write where finite operands give nan and the mathematics has a limit.
        remedy: what to write where its infinite slope meets 0 and the mathematics has a value.
        outside: what to say where an operand is outside of the domain, if that says too little.
        otherwise: what to write where it is given more operands, as another library's takes.
        form: how it is set: "infix", "prefix", "call", "fraction", "power", "bars", ...
        latex: its name in LaTeX, or a template with {0}, {1} when the form is "latex".
        rank: how strongly it binds, from 1 (a sum) to 5 (a call), or 0 to
            stand in brackets beside any sign.
        domain: for each operand the numbers (lowest, highest) where the value is real.
        kinks: numbers of the first operand at which the derivative is a convention or jumps.
        piece: for a function of several pieces beside those that the kinks part, a rule of floats
            that says by a number which of them holds.
        strong_zero: for a choice, a rule for each operand that says whether it was not chosen:
            then nothing passes to it, whatever stands there. Empty for all other operations.
        summary: one sentence on what it is.
        source: where its formulas come from.
        public: False for the operations that only rules use.
        is_condition: True where the result is a truth and no number: a comparison, ``&``, ``|``.
        conditions: the places of the operands that are conditions.
    """

    __slots__ = ("__dict__", "__weakref__", "partials", "value")  # the last two are read by C
    __signature__ = _Shown()
    is_compiled = False  # of what jit makes of a function of Values

    def __init__(
        self,
        signature: str,
        value: Callable[..., float] | None,
        partials: tuple[Rule, ...],
        *,
        definition: Rule | None = None,
        summary: str = "",
        symbol: str = "",
        form: str = "call",
        latex: str = "",
        rank: int = 5,
        domain: tuple[tuple[float, float], ...] = (),
        kinks: tuple[float, ...] = (),
        shown: tuple[Rule, ...] | None = None,
        tied: tuple[Rule, ...] | None = None,
        also: tuple[Rule, ...] = (),
        written: Rule | None = None,
        static: tuple[str, ...] = (),
        commutative: bool = False,
        loses_nan: bool = False,
        rule: str = "",
        flat: str = "",
        remedy: str = "",
        indefinite: str = "",
        outside: str = "",
        otherwise: str = "",
        piece: Rule | None = None,
        strong_zero: tuple[Rule, ...] = (),
        public: bool = True,
        source: str = "",
        is_condition: bool = False,
        conditions: tuple[int, ...] = (),
    ) -> None:
        self.name, _, inside = signature.rstrip(")").partition("(")
        words = [word.strip().partition("=") for word in inside.split(",")]
        self.parameters = tuple(word[0] for word in words)
        self.defaults = {word[0]: float(word[2]) for word in words if word[1]}
        self.arity = len(words)
        self._count = -1 if static else self.arity  # of operands that are taken as they are
        self.symbol = symbol or self.name
        self.form = form
        self.latex = latex or rf"\operatorname{{{self.name}}}"
        self.rank = rank
        self.static = static
        self.variables = tuple(
            place for place, name in enumerate(self.parameters) if name not in static
        )
        self.partials = self._placed(partials)
        self.shown = self._placed(shown) if shown else self.partials
        self.tied = self._placed(tied) if tied else self.partials
        self.also = also
        self.written = written
        self.commutative = commutative
        self.loses_nan = loses_nan
        self.rule = rule or f"derivative of {self.name}"
        self.flat = flat
        self.remedy = remedy
        self.indefinite = indefinite
        self.outside = outside
        self.otherwise = otherwise
        self.definition = definition
        self.domain = domain or ((-INFINITY, INFINITY),) * self.arity
        self.kinks = kinks
        self.piece = piece
        self.strong_zero = strong_zero
        self.public = public
        self.signature = signature
        self.source = source
        self.is_condition = is_condition
        self.conditions = conditions
        self.value: Callable[..., float] = value or self._defined_value
        self.__name__ = self.name
        self.summary = summary
        self.__doc__ = summary

    def identity(self) -> object:
        """Return what is equal for the same operation, met again in another trace."""
        return id(self)

    def _placed(self, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """Return the rules of the variables in their places; a static operand's refuses."""
        if not self.static:
            return rules
        placed: list[Rule] = [self._no_partial] * self.arity
        for place, rule in zip(self.variables, rules, strict=True):
            placed[place] = rule
        return tuple(placed)

    def _no_partial(self, *operands: object) -> object:
        names = " and ".join(self.static)
        raise OperandError(f"{self.signature} has no derivative by {names}: whole numbers")

    def document(self) -> None:
        """Give the operation a docstring made of its row, with an example at a point inside."""
        numbers = [self.defaults.get(name, 2.0) for name in self.parameters]
        for index, (low, high) in enumerate(self.domain):
            if self.parameters[index] not in self.defaults:
                numbers[index] = 0.5 if high <= 1.0 else max(low, 0.0) + 2.0 - 0.5 * index
            if self.parameters[index] in self.static:
                numbers[index] = 1.0
        shown = ", ".join(f"{number:g}" for number in numbers)
        operand = "a Value or a real number"
        operands = "".join(
            f"    {name}: {'a plain whole number' if name in self.static else operand}"
            + (f"; {self.defaults[name]:g} if left out.\n" if name in self.defaults else ".\n")
            for name in self.parameters
        )
        self.__doc__ = (
            f"{self.summary}\n\nArgs:\n{operands}\nReturns:\n"
            f"    A Value if an operand is one, else a float; an array, element by element, of\n"
            f"    arrays.\n\nRaises:\n"
            f"    TypeError: an operand is neither a Value nor a real number.\n\nExample:\n"
            f"    >>> import autograd\n    >>> autograd.{self.name}({shown})\n"
            f"    {self.value(*numbers)!r}\n"
            + (f"\nSource:\n    {self.source}\n" if self.source else "")
        )

    def _defined_value(self, *numbers: float) -> float:
        return float(evaluated(self.definition, numbers))

    def partial(self, index: int, result: float, numbers: tuple[float, ...]) -> float:
        """Return d(result)/d(operand number ``index``) at the given numbers, a float."""
        partial = evaluated(self.partials[index], (result, *numbers))
        if type(partial) is float:
            return partial
        return real(partial, f"the partial of {self.name} by {self.parameters[index]}")

    def bound(self, operands: tuple[object, ...], named: dict[str, object]) -> tuple[object, ...]:
        """Return the operands in order, with those given by name and the defaults put in."""
        given = dict(zip(self.parameters, operands, strict=False))
        for name, operand in named.items():
            if name not in self.parameters or name in given:
                more = f": {self.otherwise}" if self.otherwise else ""
                raise OperandError(f"{self.signature} does not take {name!r} there{more}")
            given[name] = operand
        complete = {**self.defaults, **given}
        if len(operands) > self.arity or len(complete) != self.arity:
            raise OperandError(
                f"{self.signature} takes {counted(self.arity, 'operand')}, "
                f"and was given {len(operands) + len(named)}"
                + f": {self.otherwise}"
                * (len(operands) > self.arity and bool(self.otherwise))
            )
        for name in self.static:
            complete[name] = self._whole(name, complete[name])
        return tuple(complete[name] for name in self.parameters)

    def plain_static(
        self, operands: Sequence[Any], number: Callable[[Any], float]
    ) -> tuple[object, ...]:
        """Return the operands with plain numbers for those that are static."""
        variables = self.variables
        return tuple(
            operand if place in variables else number(operand)
            for place, operand in enumerate(operands)
        )

    def _whole(self, name: str, number: object) -> float:
        """Return a static operand as a float, or say what it has to be."""
        if is_real(number):
            order = real(number, self.name)
            if order >= 0.0 and order.is_integer():
                return order
        what = repr(number) if is_real(number) else what_is(number)
        raise OperandError(
            f"{self.signature}: {name} must be a plain whole number 0, 1, 2, ..., and was {what}; "
            f"jit takes it as such where static_argnums names it"
        )

    def of_arrays(self, operands: Sequence[object]) -> object:
        """Return the array of what the operation gives for each entry of arrays."""
        return by_element(self, operands, self.name)

    @overload  # the first that fits counts: plain numbers alone; with Values or arrays; in rules
    def __call__(  # type: ignore[overload-overlap]
        self, *operands: RealNumber, **named: RealNumber
    ) -> float: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self, *operands: N | RealNumber, **named: N | RealNumber
    ) -> N: ...
    @overload
    def __call__(self, *operands: Number, **named: Number) -> Number: ...
    def __call__(self, *operands: object, **named: object) -> Any:
        """Apply the operation: of numbers a float, of Values a Value, of arrays an array."""
        if named or len(operands) != self._count:
            operands = self.bound(operands, named)
        try:
            for operand in operands:
                if type(operand) is not float:
                    apply = getattr(type(operand), "_apply", None)
                    if apply is not None:
                        return apply(self, operands)
            return self.value(*[real(operand, self.name) for operand in operands])
        except OperandError:
            contents: list[Any] = [unboxed(operand) for operand in operands]
            if any(map(operator.is_not, contents, operands)):
                return self(*contents)
            if any(map(is_array, operands)):
                return self.of_arrays(operands)
            kinds = [type(operand) for operand in operands if hasattr(operand, "_apply")]
            if kinds and kinds[-1] is not kinds[0]:  # it may know what the first one does not
                return kinds[-1]._apply(self, operands)
            if any(isinstance(operand, (list, tuple)) for operand in operands):
                raise OperandError(
                    f"{self.name}: takes numbers, Values and arrays of them, and was given a list "
                    f"or a tuple: make it an array, np.array(numbers)"
                ) from None
            raise

    def __repr__(self) -> str:
        return f"<operation {self.signature}>"

    def __reduce__(self) -> tuple[object, ...]:
        return (operation_named, (self.name,))

    def __copy__(self) -> Operation:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Operation:
        return self


def evaluated(rule: Rule | None, numbers: tuple[float, ...]) -> Any:
    """Call a rule with floats; where Python's float raises, once more with IEEE numbers."""
    assert rule is not None
    try:
        return rule(*numbers)
    except ArithmeticError:
        return rule(*[IEEE(number) for number in numbers])


def operation_named(name: str) -> Operation:
    """Return the row of that name (what a pickle holds of an operation)."""
    try:
        return TABLE[name]
    except KeyError:
        raise OperandError(
            f"there is no operation named {name!r} in the table; if it was declared with "
            f"@primitive, import the module that declares it first"
        ) from None


def total(function: Callable[..., float], otherwise: Callable[..., float]) -> Callable[..., float]:
    """Make a function of ``math`` total: ``otherwise`` answers where it raises."""

    def value(*numbers: float) -> float:
        try:
            return function(*numbers)
        except (ValueError, ArithmeticError):
            return otherwise(*numbers)

    return value


def primitive(
    signature: str, value: Callable[..., float], *partials: Rule, **notation: Any
) -> Operation:
    """Add an operation that every back end provides itself."""
    row = Operation(signature, value, partials, **notation)
    TABLE[row.name] = row
    return row


def composite(
    signature: str,
    definition: Rule,
    *partials: Rule,
    fast: Callable[..., float] | None = None,
    **notation: Any,
) -> Operation:
    """Add an operation whose value is an expression in others: it then runs everywhere.

    ``fast`` is a Python function of floats with the same results to the bit, for the eager engine.
    """
    row = Operation(signature, None, partials, definition=definition, **notation)
    if fast is not None:
        row.value = total(fast, row.value)
    TABLE[row.name] = row
    return row
