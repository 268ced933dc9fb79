"""Reads a formula such as ``tanh(w*x + b)`` without ever running it as Python.

Python's spelling is read, and beside it what mathematics writes and has one reading for: ``2x``,
``x^2``, ``x²``, ``|x|``, ``√x``, ``sin x``, ``π``. What has two readings is refused, with both. The
formula becomes instructions for a stack, operands first (Dijkstra's shunting yard), so that reading
and evaluating need no recursion, and time in proportion to its length.
"""

# ruff: noqa: RUF001 - signs that look like others are meant

from __future__ import annotations

import functools
import itertools
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from autograd.engine.value import Value
from autograd.errors import ExpressionError, OperandError
from autograd.notation.formula import Formula, Name
from autograd.notation.names import CONSTANTS, conditions
from autograd.table import rows as ops
from autograd.table.operation import TABLE
from autograd.wording import what_is

__tracebackhide__ = True  # from reports of pytest

LONGEST = 100_000  # characters; a formula of that length is a program

Function: TypeAlias = Callable[..., Any]


class Call(NamedTuple):
    """An instruction: take operands from the stack, and put the result of a function there."""

    function: Function
    operands: int
    start: int = 0  # for where: its condition is the program from here to middle
    middle: int = 0


Instruction: TypeAlias = float | str | Call  # a number, a name, or a call


class Expression:
    """A formula that has been read: call it with a number, or a Value, for each of its names.

    Attributes:
        text: the formula as it was written.
        names: the names in it, in the order in which they first appear.
        constants: the constants in it, by their names: pi and e.

    Example:
        >>> from autograd import Value
        >>> formula = read("w*x + 1")
        >>> formula.names
        ('w', 'x')
        >>> formula({"w": Value(2.0), "x": 3})
        Value(data=7.0, grad=0.0)
    """

    def __init__(
        self, text: str, program: Sequence[Instruction], constants: Mapping[str, float]
    ) -> None:
        self.text = text
        self.names = tuple(dict.fromkeys(part for part in program if type(part) is str))
        self.constants = constants
        self._program = program

    def __call__(self, numbers: Mapping[str, Any]) -> Any:
        """Return the formula's value, by the operations of the numbers given.

        Args:
            numbers: for each name a real number, a Value, or another number-like object.

        Returns:
            A float if all of them are real numbers, else a Value (or another such object).

        Raises:
            ValueError: a name has no number.
        """
        missing = [name for name in self.names if name not in numbers]
        if missing:
            raise ExpressionError(f"{_cut(self.text)}: there is no number for {missing[0]!r}")
        return self._run(self._program, numbers)

    def _run(self, program: Sequence[Instruction], numbers: Mapping[str, object]) -> object:
        stack: list[Any] = []
        for instruction in program:
            if isinstance(instruction, Call):
                operands = stack[len(stack) - instruction.operands :]
                del stack[len(stack) - instruction.operands :]
                result = instruction.function(*operands)
                if instruction.middle and isinstance(result, Value) and result.op is ops.select:
                    part = self._program[instruction.start : instruction.middle]
                    condition = self._run(part, self._symbols(numbers))
                    if isinstance(condition, Formula):  # it has names
                        conditions[result] = condition
                stack.append(result)
            else:
                stack.append(numbers[instruction] if type(instruction) is str else instruction)
        return stack.pop()

    def _symbols(self, numbers: Mapping[str, Any]) -> dict[str, Name]:
        return {
            name: Name(name, n.data if isinstance(n, Value) else n) for name, n in numbers.items()
        }

    def lifted(self, kind: Callable[[float], Any]) -> Expression:
        """Return the formula with its numbers converted, to symbols for example."""
        program = [kind(part) if type(part) is float else part for part in self._program]
        return Expression(self.text, program, self.constants)

    def __repr__(self) -> str:
        return f"<expression {_cut(self.text)}>"


def read(text: str, variables: Sequence[str] = ()) -> Expression:
    """Read a formula: numbers, names, ``+ - * / **``, brackets and the functions of autograd.

    Args:
        text: the formula, at most 100,000 characters.
        variables: what is a name even where it would be a constant: pi or e.

    Returns:
        The formula, a function of a dict of numbers by name.

    Raises:
        ValueError: the text is not such a formula; the message says where and why.
        TypeError: the text is not a str.

    Example:
        >>> read("-x^2 + 2|x|")({"x": 3})
        -3.0
        >>> read("sin(x")
        Traceback (most recent call last):
        ...
        autograd.errors.ExpressionError: cannot read 'sin(x': '(' was never closed, at character 4
    """
    if not isinstance(text, str):
        raise OperandError(f"a formula is text (a str), and was given {what_is(text)}")
    if len(text) > LONGEST:
        raise ExpressionError(
            f"cannot read a formula of {len(text):,} characters; the longest has {LONGEST:,}"
        )
    if not text.strip():
        raise ExpressionError("cannot read an empty formula; write for example 'tanh(w*x + b)'")
    return _Reader(text, variables).expression()


def is_name(text: str) -> bool:
    """Return whether a formula may call a number by this name."""
    found = re.fullmatch(_NAME, text)
    return found is not None and text not in functions() and text not in _WORDS


def normal(name: str) -> str:
    """Return the name in its normal form: equivalent letters become one, as in Python."""
    return unicodedata.normalize("NFKC", name)


@functools.cache
def functions() -> Mapping[str, Function]:
    """Return the functions that a formula may call, by name."""
    rows = {row.name: row for row in TABLE.values() if row.public and row.symbol == row.name}
    others = {numpy: rows[name] for numpy, name in ops.NUMPY_NAMES.items() if name in rows}
    return {
        **others,
        **rows,
        "where": ops.where,
        **{question.__name__: question for question in ops.QUESTIONS},
        "ln": ops.log,
        "max": lambda *operands: functools.reduce(ops.maximum, operands),
        "min": lambda *operands: functools.reduce(ops.minimum, operands),
    }


# -- the words of a formula --------------------------------------------------------------------

_HIGH = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
_LETTER = f"(?![{''.join(_HIGH)}π])\\w"
_NAME = f"(?!\\d){_LETTER}(?:{_LETTER})*|π"
_NUMBER = r"(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d+)?"
_TOKENS = re.compile(
    rf"(?P<number>{_NUMBER})|(?P<name>{_NAME})|(?P<high>[{''.join(_HIGH)}]+)"
    r"|(?P<sign>\*\*|//|[<>=!]=|&&|.)",
    re.DOTALL,
)
_SAME = {"^": "**", "−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/"} | {
    "⁄": "/",
    "∕": "/",
    "≤": "<=",
    "≥": ">=",
    "and": "&",
    "or": "|",
}
_WORDS = ("and", "or", "not", "if", "else")
_PRIMES = "'′″‴’‘´`"
_INSTEAD = {  # for functions of mathematics or Python that formulas lack
    "[": "write round brackets",
    "{": "write round brackets",
    "%": "it is a remainder, a % b; write x/100 for a percentage",
    "=": "give a number for a name as x=3 after the formula",
    "==": "compare with < <= > >=",
    "!=": "compare with < <= > >=",
    "!": "write exp(lgamma(n + 1)) for a factorial",
    "not": "write the opposite comparison",
    "if": "write where(condition, a, b) for a choice",
    "else": "write where(condition, a, b) for a choice",
    "&&": "write a & b where both are to hold",
    "∛": "write cbrt(x)",
    "°": "functions take radians: write 30*pi/180 for 30 degrees",
    "∞": "write inf as a number of a name: x=inf",
    ".": "functions go by their bare name: tanh(x), not math.tanh(x)",
    "\\": "write sin(x), a/b, x^2 in place of LaTeX",
    "$": "write the formula alone, without the signs of LaTeX",
    "∂": "no derivative is written in a formula: give the function alone",
    "∫": "there are no integrals",
    "∑": "write the terms, with + between them",
    "∏": "write the factors, with * between them",
    **dict.fromkeys(
        _PRIMES, "no derivative is written in a formula; for a name with a prime write x1"
    ),
}
_UNKNOWN = {  # functions that have other names here, or are made of others
    "lg": "write log10(x) or log2(x)",
    "cot": "write 1/tan(x)",
    "sec": "write 1/cos(x)",
    "csc": "write 1/sin(x)",
    "cosec": "write 1/sin(x)",
    "coth": "write 1/tanh(x)",
    "sech": "write 1/cosh(x)",
    "csch": "write 1/sinh(x)",
    "pow": "write a**b",
    "mod": "write a % b",
    "norm": "write hypot(x, y)",
    "gamma": "write exp(lgamma(x)) where x > 0",
    "sgn": "write sign(x)",
    "signum": "write sign(x)",
    "heaviside": "write where(x > 0, 1, 0)",
    **dict.fromkeys(("logistic", "sigma", "σ", "ς"), "write sigmoid(x)"),
    "softmax": "it has several results: write exp(a)/(exp(a) + exp(b)) for one",
    **dict.fromkeys(
        ("radians", "deg2rad", "degrees", "rad2deg"),
        "write x*pi/180 for x degrees in radians, x*180/pi for x radians in degrees",
    ),
    "sen": "write sin(x)",
    "tg": "write tan(x)",
    "ctg": "write 1/tan(x)",
    "cotg": "write 1/tan(x)",
    "arctg": "write atan(x)",
    "sh": "write sinh(x)",
    "ch": "write cosh(x)",
    "th": "write tanh(x)",
    "lambda": "write the formula alone",
}


class _Token(NamedTuple):
    kind: str  # number, name, constant, function, high, sign or end
    text: str
    place: int


@dataclass(slots=True)
class _Waiting:
    """An operator that waits for its right operand, or, of rank 0, a bracket or bar that is open.

    Attributes:
        name: of the function whose bracket it is.
        begin: where in the program the arguments begin.
        named: the names of those arguments that are given by name.
    """

    symbol: str
    place: int
    rank: int = 0
    function: Function = ops.identity
    operands: int = 2
    name: str = ""
    begin: list[int] = field(default_factory=list)
    named: list[str] = field(default_factory=list)


_ATOMS = ("number", "constant", "name")
_AFTER_OPERAND = ("", "+", "-", ")", ",", "<", "<=", ">", ">=", "&", "|")  # of sin x

# What binds stronger has the higher rank.
_INFIX: dict[str, tuple[int, Function]] = {
    "|": (1, operator.or_),
    "&": (2, operator.and_),
    "<": (4, operator.lt),
    "<=": (4, operator.le),
    ">": (4, operator.gt),
    ">=": (4, operator.ge),
    "+": (5, ops.add),
    "-": (5, ops.subtract),
    "*": (6, ops.multiply),
    "/": (6, ops.divide),
    "//": (6, ops.floor_divide),
    "%": (6, ops.remainder),
    "**": (8, ops.power),
}
_PREFIX: dict[str, tuple[int, Function]] = {
    "-": (7, ops.negative),
    "√": (9, ops.sqrt),
}


class _Reader:
    """Reads one formula: an operand and an operator in turn."""

    def __init__(self, text: str, variables: Sequence[str]) -> None:
        self.text = text
        self.variables = variables
        self.constants: dict[str, float] = {}
        self.program: list[Instruction] = []
        self.is_condition: list[bool] = []  # of each operand that is on the stack by now
        self.waiting: list[_Waiting] = []
        self.bars = 0
        self.before = _Token("sign", "", 0)

    def expression(self) -> Expression:
        """Return the formula."""
        is_operand_next = True
        for token in self.bracketed(list(self.tokens())):
            is_operand_next = self.operand(token) if is_operand_next else self.operator(token)
            self.before = token
        return Expression(self.text, self.program, self.constants)

    # -- words ---------------------------------------------------------------------------------

    def tokens(self) -> Iterator[_Token]:
        """Yield the words of the text: numbers, names, functions, signs, and at last the end."""
        for found in _TOKENS.finditer(self.text):
            kind, word, place = str(found.lastgroup), found[0], found.start()
            if kind == "number":
                yield self.checked(_Token(kind, word, place))
            elif kind == "name" and word not in _WORDS:
                name = normal(word)
                if not name.isidentifier():
                    raise self.refused(_Token(kind, word, place), _not_a_name(word))
                if name in functions():
                    yield _Token("function", name, place)
                else:
                    is_constant = name in CONSTANTS and name not in self.variables
                    yield _Token("constant" if is_constant else "name", name, place)
            elif kind == "high":
                yield _Token(kind, word, place)
            elif not word.isspace():
                yield _Token("sign", _SAME.get(word, word), place)
        yield _Token("end", "", max(0, len(self.text.rstrip()) - 1))

    def checked(self, number: _Token) -> _Token:
        """Return a number; refuse imaginary, hexadecimal and infinite ones."""
        after = self.text[number.place + len(number.text) :][:2]
        if re.match(r"[jJ](?!\w)", after):
            raise self.refused(
                number, f"{number.text}j is not a real number; for a product write *"
            )
        if number.text == "0" and re.match(r"[xXoObB][0-9a-fA-F]", after):
            raise self.refused(number, "numbers have decimal digits; for a product write *")
        if math.isinf(float(number.text)):
            raise self.refused(number, "a number is too large for a float (at most 1.8e308)")
        return number

    def bracketed(self, tokens: Sequence[_Token]) -> Iterator[_Token]:
        """Yield the words, with brackets around the operand of a function without any: sin 2x."""
        last = -1
        for index, token in enumerate(tokens):
            yield token
            if index == last:
                yield _Token("sign", ")", token.place)
            if token.kind != "function" or tokens[index + 1].text == "(":
                continue
            kinds = [following.kind for following in tokens[index + 1 : index + 3]]
            if kinds[0] not in _ATOMS or getattr(functions()[token.text], "arity", 0) != 1:
                raise self.refused(token, _as_call(token.text, *tokens[index + 1 : index + 4]))
            last = index + 1 + (kinds[0] != "name" and kinds[-1] in ("name", "constant"))
            if tokens[last + 1].text not in _AFTER_OPERAND:
                raise self.refused(
                    token, f"it has two readings: write {token.text}(...) with brackets"
                )
            yield _Token("sign", "(", token.place)

    # -- operands ------------------------------------------------------------------------------

    def operand(self, token: _Token) -> bool:
        """Read a word where an operand may begin; return whether one is still missing."""
        if token.kind == "number":
            return self.push(float(token.text))
        if token.kind == "constant":
            self.constants[token.text] = CONSTANTS[token.text]
            return self.push(CONSTANTS[token.text])
        if token.kind == "name":
            return self.push(token.text)
        if token.kind == "function" or token.text == "+":
            return True  # the function's bracket follows
        if token.text in ("(", "|"):
            name = self.before.text if self.before.kind == "function" else ""
            self.bars += token.text == "|"
            bracket = _Waiting(token.text, token.place, name=name, begin=[len(self.program)])
            self.waiting.append(bracket)
            return True
        if token.text in _PREFIX:
            self.waiting.append(_Waiting(token.text, token.place, *_PREFIX[token.text], 1))
            return True
        if token.kind == "end":
            hint = _INSTEAD.get(self.before.text)
            why = "it ends where an operand is missing" + (f" ({hint})" if hint else "")
            raise self.refused(token, why)
        raise self.refused(token, self.meaning(token) or "an operand is missing here")

    def push(self, operand: float | str) -> bool:
        """Put a number or a name into the program."""
        self.program.append(operand)
        self.is_condition.append(False)
        return False

    # -- operators -----------------------------------------------------------------------------

    def operator(self, token: _Token) -> bool:
        """Read a word where an operator may stand; return whether an operand must follow."""
        if token.kind in (*_ATOMS, "function") or token.text in ("(", "√"):
            self.multiply(token)
            return self.operand(token)
        is_root = bool(self.waiting) and self.waiting[-1].symbol == "√"
        if is_root and (token.kind == "high" or token.text == "**"):
            raise self.refused(token, "it has two readings: write √(...) with brackets")
        if token.kind == "high":  # x² is complete as it stands
            self.push(float("".join(map(_HIGH.__getitem__, token.text))))
            self.emit(_Waiting("**", token.place, *_INFIX["**"], 2))
            return False
        if token.text == "|" and not self.is_or():
            if not self.bars:
                self.multiply(token)
                return self.operand(token)
            return self.close(token)
        if token.text in _INFIX:
            rank, function = _INFIX[token.text]
            self.reduce(rank + (token.text == "**"))  # 2**3**2 is 2**9
            self.waiting.append(_Waiting(token.text, token.place, rank, function, 2))
            return True
        if token.text in (")", ",") or token.kind == "end":
            return self.close(token)
        if token.text == "=" and self.is_name_of_argument():
            name = str(self.program.pop())
            self.is_condition.pop()
            self.waiting[-1].named.append(name)
            return True
        raise self.refused(token, self.meaning(token) or "an operator is missing here")

    def multiply(self, token: _Token) -> None:
        """Read a product without a sign, where it has one reading."""
        is_name = self.before.kind == "name"
        place = self.before.place
        if is_name and re.search(r"\bd\w*\s*/\s*$", self.text[max(0, place - 80) : place]):
            raise self.refused(
                self.before, "no derivative is written in a formula: give the function alone"
            )
        if is_name and token.text == "(":
            raise self.refused(self.before, self.defined() or _unknown(self.before.text))
        if token.kind == "number" or (is_name and token.kind == "name"):
            for word in (self.before, token):
                if word.kind == "name" and _meant(word.text):
                    raise self.refused(word, _unknown(word.text))
            raise self.refused(token, "an operator is missing here; write * for a product")
        top = self.waiting[-1].symbol if self.waiting else ""
        if top in ("/", "**", "√"):
            raise self.refused(
                token, f"a product after {top} has two readings: write * and brackets"
            )
        self.operator(token._replace(kind="sign", text="*"))

    def is_or(self) -> bool:
        """Return whether a bar means or, after a condition; else it marks a magnitude."""
        inside = itertools.takewhile(lambda part: part.rank, reversed(self.waiting))
        return self.is_condition[-1] or any(part.symbol in _COMPARISONS for part in inside)

    def is_name_of_argument(self) -> bool:
        """Return whether the latest word is the name of an argument: the hi of clip(x, hi=1)."""
        bracket = self.waiting[-1] if self.waiting else _Waiting("", 0)
        is_word = bool(bracket.name) and self.before.kind == "name"
        return is_word and len(self.program) == bracket.begin[-1] + 1

    def reduce(self, rank: int) -> None:
        """Apply the waiting operators that bind at least as strongly as this rank."""
        while self.waiting and self.waiting[-1].rank >= rank:
            self.emit(self.waiting.pop())

    def emit(self, waiting: _Waiting) -> None:
        """Put an operator into the program, its operands being there."""
        kinds = [self.is_condition.pop() for _ in range(waiting.operands)]
        if waiting.symbol in ("&", "|"):
            if not all(kinds):
                why = f"{waiting.symbol} stands between comparisons, as in (x > 0) & (x < 1)"
                raise self.refused(waiting, why)
        elif any(kinds):
            is_chain = waiting.symbol in _COMPARISONS
            raise self.refused(waiting, "write (a < x) & (x < b)" if is_chain else _CONDITION)
        self.program.append(Call(waiting.function, waiting.operands))
        self.is_condition.append(waiting.rank <= _INFIX["<"][0])

    def close(self, token: _Token) -> bool:
        """Read the end of a bracket, a bar, an argument or the formula."""
        self.reduce(1)
        bracket = self.waiting[-1] if self.waiting else _Waiting("", token.place)
        expected = {"(": ")", "|": "|"}.get(bracket.symbol, "")
        if token.text == "," and bracket.symbol != "|":
            if not bracket.name:
                why = (
                    "a formula has one value: write a point for the decimal, not a comma, and "
                    "several formulas as several texts"
                )
                raise self.refused(token, why)
            bracket.begin.append(len(self.program))
            return True
        if token.text != expected:
            if bracket.symbol:
                raise self.refused(bracket, f"{bracket.symbol!r} was never closed")
            raise self.refused(token, "')' has no '(' before it")
        if bracket.symbol:
            self.waiting.pop()
        if bracket.name:
            self.call(bracket)
        elif bracket.symbol == "|":
            self.bars -= 1
            self.emit(_Waiting("|x|", bracket.place, _INFIX["**"][0], ops.absolute, 1))
        elif token.kind == "end" and self.is_condition[-1]:
            raise self.refused(token, _CONDITION)
        return False

    def call(self, bracket: _Waiting) -> None:
        """Put the call of a function into the program, its operands being there."""
        count, named = len(bracket.begin), bracket.named
        kinds = self.is_condition[-count:]
        self.is_condition[-count:] = [False]
        function = functions()[bracket.name]
        if bracket.name in ("max", "min"):
            if count < 2:
                raise self.refused(bracket, f"{bracket.name} takes 2 operands or more")
        elif function in ops.QUESTIONS:
            if count > 1 or named:
                raise self.refused(bracket, f"{bracket.name} takes 1 operand")
            self.is_condition[-1] = True
        else:
            try:
                row = TABLE[getattr(function, "name", bracket.name)]
                row.bound((0.0,) * (count - len(named)), dict.fromkeys(named, 0.0))
            except OperandError as error:
                raise self.refused(bracket, str(error)) from None
        if bracket.name == "where":
            if not kinds[0] or named:
                why = "the condition of where must be a comparison such as x > 0, and come first"
                raise self.refused(bracket, why)
            self.program.append(Call(function, count, *bracket.begin[:2]))
        elif named:
            self.program.append(Call(functools.partial(_by_name, function, tuple(named)), count))
        else:
            self.program.append(Call(function, count))
        if any(kinds[bracket.name == "where" :]):
            raise self.refused(bracket, _CONDITION)

    # -- what is refused -----------------------------------------------------------------------

    def defined(self) -> str:
        """Return what to write for f(x) = x^2, y' = 2x or dy/dx = 2x; else an empty text."""
        found = re.match(
            rf"\s*(?:\w+\s*/\s*d)?\w+[{_PRIMES}]*\s*(?:\([\w\s,]*\)\s*)?=(?!=)\s*(.*)",
            self.text,
            re.DOTALL,
        )
        if found is None or re.fullmatch(rf"[-+]?{_NUMBER}\s*|", found[1]):
            return ""
        return f"write what stands after the = alone, {_cut(found[1])}"

    def meaning(self, token: _Token) -> str:
        """Return an error message for a sign that has no place in a formula; else an empty text."""
        hint = (token.text in f"={_PRIMES}" and self.defined()) or _INSTEAD.get(token.text)
        if token.kind != "sign" or (hint is None and token.text in _KNOWN):
            return ""
        return f"{token.text!r} has no meaning in a formula" + (f" ({hint})" if hint else "")

    def refused(self, part: _Token | _Waiting, why: str) -> ExpressionError:
        """Return the error that says what is wrong, and where."""
        place = part.place + 1
        return ExpressionError(f"cannot read {_cut(self.text)}: {why}, at character {place}")


_COMPARISONS = ("<", "<=", ">", ">=")


def _as_call(name: str, following: _Token, *after: _Token) -> str:
    """Return what to write where a function stands without its brackets: for sin²x, sin(...)**2."""
    power = ""
    if following.kind == "high":
        power = "".join(map(_HIGH.__getitem__, following.text))
    elif following.text == "**":
        sign, number = ("-", after[1:]) if after[:1] and after[0].text == "-" else ("", after)
        power = sign + number[0].text if number and number[0].kind == "number" else ""
    if power == "-1" and f"a{name}" in functions():
        return f"{name} is a function: write a{name}(...) for its inverse, or 1/{name}(...)"
    return f"{name} is a function: write {name}(...)" + (f"**{power}" if power else "")


_CONDITION = "a comparison may only be the condition of where(condition, a, b)"
_KNOWN = {*_INFIX, *_PREFIX, "(", ")", ",", "="}


def _by_name(function: Function, named: tuple[str, ...], *operands: object) -> object:
    """Call a function with its last operands by their names."""
    positional = operands[: len(operands) - len(named)]
    return function(*positional, **dict(zip(named, operands[len(positional) :], strict=True)))


def _unknown(name: str) -> str:
    """Return a suggestion for a function that does not exist."""
    why = _meant(name) or f" (for a product, write {name}*(...))"
    return f"there is no function {name!r}{why}"


def _meant(name: str) -> str:
    """Return which function a name may stand for; an empty text if none."""
    small = name.lower()
    if small in _UNKNOWN:
        return f": {_UNKNOWN[small]}"
    stem, _, base = small.partition("_")
    if base and stem in ("log", "ln", "lg"):
        return f": write log(x)/log({base}) for the base {base}"
    import difflib

    near = difflib.get_close_matches(small, functions(), n=3, cutoff=0.7)
    near.sort(key=lambda other: sorted(other) != sorted(small))  # letters that changed places first
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _not_a_name(word: str) -> str:
    """Return what is wrong with letters that make no name: ½, ①."""
    strange = [letter for letter in word if not f"x{normal(letter)}".isidentifier()]
    sign = (strange or word)[0]
    fraction = normal(sign).replace("⁄", "/")
    hint = f" (write ({fraction}) for it)" if "/" in fraction else ""
    return f"{sign!r} has no meaning in a formula{hint}"


def _cut(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
