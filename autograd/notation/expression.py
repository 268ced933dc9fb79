"""Reads a formula such as ``tanh(w*x + b)`` without ever running it as Python.

Python's own parser takes the text apart; what comes out of it is held against a white list:
numbers, names, ``+ - * / **``, the functions of the operation table by their names, and, as the
condition of ``where``, comparisons. The formula becomes a list of instructions for a stack,
operands first, so that reading and evaluating need no recursion.
"""

from __future__ import annotations

import ast
import difflib
import keyword
import math
import operator
import re
import unicodedata
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from autograd.errors import ExpressionError, OperandError
from autograd.table import elementary as ops
from autograd.table.operation import TABLE

LONGEST = 10_000  # characters; a formula of that length is a program
DEEPEST = 100  # brackets; Python's parser itself stops at 200

_ARITHMETIC: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: ops.add,
    ast.Sub: ops.subtract,
    ast.Mult: ops.multiply,
    ast.Div: ops.divide,
    ast.Pow: ops.power,
}
_COMPARISONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_CONNECTIVES: dict[type[ast.AST], Callable[..., Any]] = {
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}
_PUNCTUATION = frozenset("_.+-*/(),<>=&| ")
_INSTEAD = {
    "^": "write ** for a power",
    "[": "write round brackets",
    "{": "write round brackets",
    "\u2212": "write - for a minus",  # the typographer's minus
    "\u00d7": "write * for a product",
    "\u00b7": "write * for a product",
    "\u00f7": "write / for a quotient",
    "and": "write (a > b) & (c > d) where both are to hold",
    "or": "write (a > b) | (c > d) where either is to hold",
    "if": "write where(condition, a, b) for a choice",
}


class Expression:
    """A formula that has been read: call it with a number, or a Value, for each of its names.

    Attributes:
        text: the formula as it was written.
        names: the names in it, in the order in which they first appear.

    Example:
        >>> from autograd import Value
        >>> formula = read("w*x + 1")
        >>> formula.names
        ('w', 'x')
        >>> formula({"w": Value(2.0), "x": 3})
        Value(data=7.0, grad=0.0)
    """

    def __init__(self, text: str, names: tuple[str, ...], program: list[Any]) -> None:
        self.text = text
        self.names = names
        self._program = program

    def __call__(self, numbers: Mapping[str, Any]) -> Any:
        """Return the formula's value; operations mean what they mean to the numbers given.

        Args:
            numbers: for each name a real number, a Value, or whatever else knows operations.

        Returns:
            A float if all of them are real numbers, else a Value (or what they make of it).

        Raises:
            ValueError: a name has no number.
        """
        stack: list[Any] = []
        for instruction in self._program:
            if type(instruction) is tuple:
                function, count = instruction
                stack.append(function(*[stack.pop() for _ in range(count)]))
            elif type(instruction) is str:
                if instruction not in numbers:
                    raise ExpressionError(
                        f"{_cut(self.text)}: there is no number for {instruction!r}"
                    )
                stack.append(numbers[instruction])
            else:
                stack.append(instruction)
        return stack.pop()

    def lifted(self, kind: Callable[[float], Any]) -> Expression:
        """Return the formula with its numbers as something else, such as symbols."""
        program = [kind(part) if type(part) is float else part for part in self._program]
        return Expression(self.text, self.names, program)

    def __repr__(self) -> str:
        return f"<expression {_cut(self.text)}>"


def read(text: str) -> Expression:
    """Read a formula: numbers, names, ``+ - * / **``, brackets and the functions of autograd.

    Args:
        text: the formula, at most 10,000 characters and 100 brackets deep.

    Returns:
        The formula, a function of a dict of numbers by name.

    Raises:
        ValueError: the text is not such a formula; the message says where and why.
        TypeError: the text is not a str.

    Example:
        >>> read("-x**2")({"x": 3})
        -9.0
        >>> read("sin(x")
        Traceback (most recent call last):
        ...
        autograd.errors.ExpressionError: cannot read 'sin(x': '(' was never closed, at character 4
    """
    if not isinstance(text, str):
        raise OperandError(f"a formula is text (a str), and was given a {type(text).__name__}")
    text = text.strip(" ")
    _check_characters(text)
    tree = _parsed(text)
    names: dict[str, None] = {}
    program: list[Any] = []
    pending: list[tuple[Any, bool]] = [(tree.body, False)]  # an expression; is it a condition?
    while pending:
        node, is_condition = pending.pop()
        while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
            node = node.operand
        instruction, operands = _instruction(text, node, is_condition)
        if type(instruction) is str:
            names[instruction] = None
        program.append(instruction)
        pending += reversed(operands)
    program.reverse()
    return Expression(text, tuple(names), program)


def is_name(text: str) -> bool:
    """Return whether a formula may call a number by this name."""
    return text.isidentifier() and not keyword.iskeyword(text) and text not in functions()


def normal(name: str) -> str:
    """Return the name as the formula has it: Python takes letters of equal meaning for one."""
    return unicodedata.normalize("NFKC", name)


def functions() -> dict[str, Callable[..., Any]]:
    """Return the functions that a formula may call, by name."""
    named: dict[str, Callable[..., Any]] = {
        row.name: row for row in TABLE.values() if row.public and row.symbol == row.name
    }
    return {**named, "where": ops.where}


# -- one expression ----------------------------------------------------------------------------


def _instruction(text: str, node: Any, is_condition: bool) -> tuple[Any, list[tuple[Any, bool]]]:
    """Return what to do once the operands are there, and the operands."""
    kind = type(node)
    symbol = type(getattr(node, "op", None))
    if is_condition:
        if kind is ast.Compare and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
            both = [(node.left, False), (node.comparators[0], False)]
            return (_COMPARISONS[type(node.ops[0])], 2), both
        if kind is ast.BinOp and symbol in _CONNECTIVES:
            return (_CONNECTIVES[symbol], 2), [(node.left, True), (node.right, True)]
        raise _unreadable(text, node, "the condition of where must be a comparison such as x > 0")
    if kind is ast.BinOp and symbol in _ARITHMETIC:
        return (_ARITHMETIC[symbol], 2), [(node.left, False), (node.right, False)]
    if kind is ast.UnaryOp and symbol is ast.USub:
        return (ops.negative, 1), [(node.operand, False)]
    if kind is ast.Name:
        if node.id in functions():
            raise _unreadable(text, node, f"{node.id} is a function: write {node.id}(...)")
        return node.id, []
    if kind is ast.Constant and type(node.value) in (int, float):
        return _number(text, node), []
    if kind is ast.Call:
        return _call(text, node)
    raise _unreadable(text, node, _refusal(node))


def _call(text: str, node: ast.Call) -> tuple[Any, list[tuple[Any, bool]]]:
    known = functions()
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in known:
        if isinstance(node.func, ast.Attribute):
            raise _unreadable(text, node, _refusal(node.func))
        raise _unreadable(text, node, _unknown(name, known))
    given: list[Any] = list(node.args)
    named = {word.arg or "**": word.value for word in node.keywords}
    if "**" in named or any(isinstance(operand, ast.Starred) for operand in given):
        raise _unreadable(text, node, "operands are written one by one, without *")
    try:
        operands = TABLE[name].bound(tuple(given), named)
    except OperandError as error:
        raise _unreadable(text, node, str(error)) from None
    parts = [
        (ast.Constant(operand) if isinstance(operand, float) else operand, False)
        for operand in operands
    ]
    if name == "where":
        parts[0] = (parts[0][0], True)
    return (known[name], len(parts)), parts


def _number(text: str, node: ast.Constant) -> float:
    try:
        number = float(node.value)  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise _unreadable(text, node, "a number is too large for a float (at most 1.8e308)")
    return number


# -- what is refused ---------------------------------------------------------------------------


def _check_characters(text: str) -> None:
    """Refuse what the parser need not see: too long, too deep, foreign characters and words."""
    if len(text) > LONGEST:
        raise ExpressionError(
            f"cannot read a formula of {len(text):,} characters; the longest has {LONGEST:,}"
        )
    if not text:
        raise ExpressionError("cannot read an empty formula; write for example 'tanh(w*x + b)'")
    depth = 0
    for place, character in enumerate(text):
        if not (character.isalnum() or character in _PUNCTUATION):
            hint = f" ({_INSTEAD[character]})" if character in _INSTEAD else ""
            raise _at(text, place, f"{character!r} has no meaning in a formula{hint}")
        depth += (character == "(") - (character == ")")
        if depth > DEEPEST:
            raise _at(text, place, f"it is nested deeper than {DEEPEST} brackets")
    for word in re.finditer(r"[^\W\d]\w*", text):
        if keyword.iskeyword(word[0]):
            why = f"{word[0]!r} is a word of Python's own; choose another name"
            raise _at(text, word.start(), _INSTEAD.get(word[0], why))


def _parsed(text: str) -> ast.Expression:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a formula is no place for remarks on Python's style
            return ast.parse(text, mode="eval")
    except SyntaxError as error:
        if "integer string conversion" in error.msg:
            raise ExpressionError(
                f"cannot read {_cut(text)}: a number in it is too large for a float"
            ) from None
        if not error.offset or error.offset > len(text) or error.lineno != 1:
            raise _at(text, len(text) - 1, "it ends where an operand is missing") from None
        raise _at(text, error.offset - 1, _syntax(error.msg)) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(
            f"cannot read {_cut(text)}: it is nested too deep; give parts of it names of their own"
        ) from None


def _syntax(message: str) -> str:
    """Return what Python's parser says in words that fit a formula."""
    if message.startswith("invalid syntax"):
        return "an operator or an operand is missing here"
    if message == "invalid decimal literal":
        return "a name cannot begin with a digit; write * for a product"
    return message.partition(".")[0]


def _refusal(node: Any) -> str:
    """Return what a learner wrote that is Python, but not part of a formula."""
    if isinstance(node, ast.Compare):
        return "a comparison may only be the condition of where(condition, a, b)"
    if isinstance(node, ast.Constant):
        return f"{node.value!r} is not a real number"
    if isinstance(node, ast.Tuple):
        return "a formula has one value; write a point for the decimal, not a comma"
    if isinstance(node, ast.Attribute):
        return "functions go by their bare name: tanh(x), not math.tanh(x)"
    return "a formula has numbers, names, + - * / **, brackets and functions such as tanh(x)"


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    if not name:
        return "only a function's name can stand before brackets; write * for a product"
    if name == "ln":
        return "there is no function 'ln': the natural logarithm is log(x)"
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    if near:
        return f"there is no function {name!r}; did you mean {near[0]!r}?"
    return f"there is no function {name!r} (for a product, write {name}*(...))"


def _unreadable(text: str, node: Any, why: str) -> ExpressionError:
    before = text.encode()[: node.col_offset].decode()  # the parser counts bytes of UTF-8
    return _at(text, len(before), why)


def _at(text: str, place: int, why: str) -> ExpressionError:
    return ExpressionError(f"cannot read {_cut(text)}: {why}, at character {place + 1}")


def _cut(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
