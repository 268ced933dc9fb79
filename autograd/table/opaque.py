"""Operations that users define: a function of floats and its partial derivatives."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Never, NoReturn, cast

from autograd.decorated import within
from autograd.errors import ArgumentError, MissingAttributeError, OperandError
from autograd.habits import OF_PRIMITIVE, OF_PRIMITIVES, advice, refuse_setting
from autograd.table.elementwise import by_element
from autograd.table.operation import Operation, Rule, evaluated, is_real, real
from autograd.trees import Array, unboxed
from autograd.wording import what_is

STEPS = (2.0**-12, 2.0**-9)  # by which operands are moved to see whether a rule is constant
MOST_FORMS = 100  # of the results of a rule that are remembered to be without kept numbers


def _takes(rule: Rule, count: int) -> bool:
    """Return whether a rule may be called with so many numbers, as far as its signature tells."""
    import inspect

    try:
        known = inspect.signature(rule)
    except (TypeError, ValueError):
        return True
    try:
        known.bind(*range(count))
    except TypeError:
        return False
    return True


def _checked(rule: Rule, value: Callable[..., float], what: str) -> Rule:
    """Return a rule that gives Values no number of the forward pass, alone or mixed with them."""
    known: set[tuple[object, ...]] = set()

    @functools.wraps(rule)
    def checked(y: Any, *operands: Any) -> Any:
        partial = rule(y, *operands)
        if type(y) is float:
            return partial
        at = [_number(operand) for operand in operands]
        if not is_real(partial):
            if None not in at and (form := _form(partial, (y, *operands))) not in known:
                if _remembers(rule, value, cast("list[float]", at)):
                    raise OperandError(
                        f"the rule for the derivative of {what} computes with a number that was "
                        f"kept from the forward pass, which is a constant to it: derivatives of "
                        f"higher order would be wrong. Compute it anew in the rule from what the "
                        f"rule is given, the result and the operands"
                    )
                if len(known) < MOST_FORMS:
                    known.add(form)
            return partial
        if any(hasattr(type(each), "backward") for each in operands) and not _is_constant(
            rule, value, [0.7 if number is None else number for number in at], float(partial)
        ):
            raise OperandError(
                f"the rule for the derivative of {what} gave a plain number, {float(partial):.6g}, "
                f"for Values, and gives another next to them: derivatives of higher order would be "
                f"0. Write it with Python's operators and the functions of autograd on what it "
                f"is given, without .data and without numbers that were kept from the forward pass"
            )
        return partial

    return checked


def _number(operand: Any) -> float | None:
    """Return the number of an operand; None for a traced Value, which has none yet."""
    try:
        return float(getattr(operand, "_data", operand))
    except TypeError:
        return None


def _form(partial: Any, given: Sequence[object]) -> tuple[object, ...]:
    """Return the operations and constants by which a rule made a Value of what it was given.

    Another branch has another form, and so has a kept number wherever it is another number.
    """
    seen, stack, form = {id(each) for each in given}, [partial], []
    while stack:
        node = stack.pop()
        if hasattr(node, "args") and id(node) not in seen:
            seen.add(id(node))
            form.append(getattr(node.op, "name", None))
            stack += node.args
        elif type(node) is float:
            form.append(node)
    return tuple(form)


def _remembers(rule: Rule, value: Callable[..., float], at: list[float]) -> bool:
    """Return whether a rule gives another number once the function was called next to its operands.

    One that does twice in a row what it is asked for goes by what the function has kept then.
    """

    def asked(numbers: list[float]) -> str:
        value(*numbers)
        return repr(float(evaluated(rule, (result, *at))))

    try:
        result = value(*at)
        found = asked(at)
        if asked(at) != found:  # it draws random numbers, or counts
            return False
        for side in (STEPS[1], -STEPS[1]):
            try:
                return asked([x + side * (abs(x) or 1.0) for x in at]) != found
            except (ArithmeticError, ValueError):  # beyond its domain
                pass
            finally:
                value(*at)  # what the user's functions keep is again of these numbers
    except Exception:  # it takes Values alone
        pass
    return False


def _is_constant(rule: Rule, value: Callable[..., float], at: list[float], partial: float) -> bool:
    """Return whether a rule gives the same number on one side of every operand, and twice there."""

    def agrees(numbers: list[float]) -> bool:
        try:
            found = float(evaluated(rule, (value(*numbers), *numbers)))
        except (ArithmeticError, ValueError):  # beyond its domain
            return False
        return found == partial or (found != found and partial != partial)

    def moved(index: int, step: float) -> list[float]:
        size = abs(at[index]) or 1.0
        return [x + step * size if place == index else x for place, x in enumerate(at)]

    answers = [
        any(all(agrees(moved(index, side * step)) for step in STEPS) for side in (1.0, -1.0))
        for index in range(len(at))
    ]
    agrees(at)  # what the user's functions keep is again of these numbers
    return all(answers)


def _treats_entries_alike(primitive: Primitive, operands: Sequence[object]) -> bool:
    """Return whether a function is known to make of arrays what it makes of each entry.

    Raises:
        TypeError: it makes something else of them.
    """
    import numpy

    def plain(operand: object, place: int) -> Array:
        array = numpy.asarray(operand, dtype=object)
        numbers = [_number(each) for each in array.ravel().tolist()]
        filled = [0.3 + 0.1 * (k + place) if n is None else n for k, n in enumerate(numbers)]
        return numpy.array(filled).reshape(array.shape)

    def entries() -> Array:
        return numpy.asarray(by_element(primitive.value, arrays, primitive.name), dtype=float)

    arrays = [plain(operand, place) for place, operand in enumerate(operands)]
    shape = numpy.broadcast_shapes(*[array.shape for array in arrays])
    if numpy.prod(shape) < 2:
        return False
    with numpy.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            whole = numpy.asarray(primitive.function(*arrays), dtype=float)
        except Exception:  # it takes single numbers alone, as it should
            return True
        try:
            each = entries()
            if not numpy.array_equal(each, entries(), equal_nan=True):  # it draws random numbers
                return True
            whole = numpy.broadcast_to(whole, shape)
            if numpy.allclose(whole, each, 1e-9, 0.0, equal_nan=True):
                return True
        except Exception as found:  # no number at one of the entries, or it takes arrays alone
            if isinstance(found, (ArithmeticError, ValueError)) and whole.shape in ((), shape):
                return False
    error = OperandError(
        f"{primitive.name}: a primitive is a function of single numbers, called for each entry of "
        f"an array, and this one makes something else of a whole array: write it without "
        f"@primitive, with operators and the functions of autograd"
    )
    error.add_note("what it makes of each entry by itself: [function(x) for x in array]")
    raise error


class Primitive(Operation):
    """A row in the user's module instead of the table; it is pickled by its qualified name.

    Attributes:
        written: the same row with the user's function for a definition, which the compiler takes
            where that is written in our functions.
    """

    __qualname__: str
    written: Operation
    function: Callable[..., float]
    is_of_numbers = False  # whether that is known

    def of_arrays(self, operands: Sequence[object]) -> object:
        """Return what the function gives for each entry of arrays.

        Raises:
            TypeError: it takes a whole array, and makes something else of it.
        """
        if not self.is_of_numbers:
            self.is_of_numbers = _treats_entries_alike(self, operands)
        return super().of_arrays(operands)

    def __reduce__(self) -> Any:
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<primitive {self.signature}>"

    if not TYPE_CHECKING:  # else every name would be there

        def __getattr__(self, name: str) -> NoReturn:
            words = f"the primitive {self.name} has no attribute {name!r}"
            raise MissingAttributeError(words + advice(name, OF_PRIMITIVES), name=name)


def primitive(
    *given: Never,
    partials: Sequence[Rule] = (),
    latex: str | None = None,
    symbol: str | None = None,
    **settings: object,
) -> Callable[[Callable[..., float]], Primitive]:
    r"""Declare a function of floats to be an operation, with its partial derivatives.

    The operation works in backward, in higher derivatives, in pictures and in the explorer. Under
    ``jit`` it works where function and rules are written with Python's operators and the functions
    of autograd (which take floats too; ``where`` in place of an ``if``), and is a TraceError where
    they call ``math`` or NumPy.

    Function and rules are of single numbers. Of arrays they are called for each entry, as all
    functions of autograd are, and the result is an array. A function that makes of a whole array
    something else than of each entry (``numpy.sum(x)``) is an error then.

    A rule is asked again with Values for derivatives of higher order. If it then gives a plain
    number, that must be a constant, at least next to these numbers: ``lambda y, x: 2.0`` or
    ``lambda y, x: 1.0 if x > 0 else 0.0``. A number that changes with the operands, as one that was
    kept from the forward pass, would make those derivatives 0, and is an error; so is one that the
    rule mixes with what it is given.

    Args:
        given: nothing; the function stands below the decorator.
        partials: for each operand of the function a rule ``lambda y, a, b: ...`` that takes the
            result and the operands and returns d(result)/d(operand), written with Python's
            operators and the functions of autograd, so that it can be differentiated again.
        latex: its name in LaTeX, or a template with {0}, {1} for the operands.
        symbol: how pictures and ``.op.symbol`` name it; the function's name if left out.
        settings: none; those of other libraries are told what is here.

    Returns:
        A decorator for a function of one or more floats that returns a float.

    Raises:
        TypeError: there is not one rule for each operand, or a rule is no function; later, a rule
            gives for Values a plain number that is no constant, or the function makes something of
            a whole array.

    Example:
        >>> import math, autograd
        >>> @autograd.primitive(partials=(lambda y, x: -2 * x * y,))
        ... def bell(x):
        ...     return math.exp(-x * x)
        >>> x = autograd.Value(1.0)
        >>> bell(x).backward()
        >>> print(f"{x.grad:.6f}")
        -0.735759
        >>> print(f"{autograd.grad(autograd.grad(bell))(1.0):.6f}")
        0.735759
    """
    if settings:
        refuse_setting("primitive", settings, OF_PRIMITIVE)
    if given:
        raise ArgumentError(
            "primitive: its derivatives are given with it: write @primitive(partials=(rule, ...)) "
            "above the function, with a rule lambda y, a, b: ... for each operand"
        )
    if callable(partials):
        raise ArgumentError(
            "primitive: partials is a tuple with a rule for each operand: write partials=(rule,)"
        )
    if not isinstance(partials, Iterable):
        raise ArgumentError("primitive: partials is a tuple with a rule for each operand")
    for name, text in (("latex", latex), ("symbol", symbol)):
        if text is not None and not isinstance(text, str):
            raise ArgumentError(f"primitive: {name} is a str, and was {what_is(text)}")
    rules = tuple(partials)
    if not all(callable(rule) for rule in rules):
        without = "; declare it inside a function of what is not differentiated by" * (
            None in rules
        )
        raise ArgumentError(f"primitive: every one of the partials must be a function{without}")

    def declared(function: Callable[..., float]) -> Primitive:
        import inspect

        if (method := within(declared, "primitive", function)) is not None:
            return method
        name = getattr(function, "__name__", "primitive")
        operands = []
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
                raise ArgumentError(
                    f"primitive: {name} must take a fixed number of operands, "
                    f"so {parameter} cannot be one of them"
                )
            default = parameter.default
            if default is not parameter.empty and not is_real(unboxed(default)):
                raise ArgumentError(
                    f"primitive: {parameter} of {name} is no number, and operands are numbers: "
                    f"declare a function of the operands alone, such as lambda x: {name}(x)"
                )
            given = "" if default is parameter.empty else f"={real(default, name)!r}"
            operands.append(parameter.name + given)
        if len(operands) != len(rules) or not rules:
            counted = operands[:1] in (["self"], ["cls"])
            raise ArgumentError(
                f"primitive: {name} takes {len(operands)} operands and there are {len(rules)} "
                f"partials; there must be one rule for each"
                + f" ({operands[0]} is counted: write @staticmethod above it)"
                * counted
            )

        plain = [operand.split("=")[0] for operand in operands]
        for rule, operand in zip(rules, plain, strict=True):
            if not _takes(rule, len(plain) + 1):
                result = next(name for name in ("y", "result", "_y") if name not in plain)
                raise ArgumentError(
                    f"primitive: the rule of {name} by {operand} is to take the result and then "
                    f"the operands: write lambda {', '.join([result, *plain])}: ..."
                )

        def value(*numbers: float) -> float:
            return real(evaluated(function, numbers), f"the result of {name}")

        signature = f"{name}({', '.join(operands)})"
        notation: dict[str, Any] = {
            "summary": inspect.getdoc(function) or "",
            "symbol": symbol or "",
            "form": "latex" if latex and "{" in latex and "0" in latex else "call",
            "latex": latex or "",
        }
        checked = tuple(
            _checked(rule, value, f"{signature} by {parameter.split('=')[0]}")
            for rule, parameter in zip(rules, operands, strict=True)
        )
        row = Primitive(signature, value, checked, **notation)
        row.function = function
        row.written = Operation(signature, None, checked, definition=function, **notation)
        row.__module__ = function.__module__
        row.__qualname__ = function.__qualname__
        return row

    return declared
