"""The text form of a Function: printed, and parsed back to an equal one.

    func "area" (%0 "width": f64, %1 capture "scale": f64) {
      %2 = constant 2.0 : f64
      %3 = multiply %0, %2 : f64
      %4 = less %3, %1 : i1
      return %3
    }

Static parameters stand in brackets after the opcode, bodies in braces below it, and blocks other
than the entry after a label, ``^1:``. Floats are written with as many digits as they need.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from autograd.errors import ProgramError
from autograd.ir.function import (
    BODIES,
    CONSTANT,
    Block,
    Branch,
    Deoptimize,
    Function,
    Parameter,
    Return,
    Terminator,
    Type,
)

INDENT = "  "
Line = tuple[str, int | None]  # a line, and what it defines or ends, if it does (see line_of)


def text_of(function: Function) -> str:
    """Return the function as text; ``parse`` reads it back."""
    return "\n".join(line for line, _ in lines_of(function))


def line_of(function: Function, number: int) -> int:
    """Return the line, from 1, at which the text defines a number of the outermost function.

    ``~k`` stands for the end of block ``k``.
    """
    if 0 <= number < len(function.parameters):
        return 1
    lines = enumerate(lines_of(function), 1)
    return next((at for at, (_, defined) in lines if defined == number), 1)


def lines_of(function: Function) -> Iterator[Line]:
    """Yield the lines of the text, each with the number that it defines, or ends, as line_of."""
    parameters = ", ".join(
        f"%{number} {'capture ' * parameter.is_capture}{json.dumps(parameter.name)}: "
        f"{parameter.type}"
        for number, parameter in enumerate(function.parameters)
    )
    yield f"func {json.dumps(function.name)} ({parameters}) {{", None
    for index, block in enumerate(function.blocks):
        if index:
            yield f"^{index}:", None
        for instruction in function.instructions(block):
            yield from _instruction(function, instruction.number)
        yield INDENT + _terminator(block.terminator), ~index
    yield "}", None


def _instruction(function: Function, number: int) -> Iterator[Line]:
    opcode, operands = function.opcodes[number], function.operands[number]
    words = [f"%{number} =", opcode]
    if number in function.statics:
        words[1] += f"[{', '.join(map(str, function.statics[number]))}]"
    if opcode == CONSTANT and number in function.constants:
        constant = function.constants[number]
        words.append(str(constant).lower() if type(constant) is bool else repr(constant))
    elif operands:
        words.append(", ".join(f"%{operand}" for operand in operands))
    words += [":", _type(function.types[number])]
    bodies = function.bodies.get(number, ())
    yield INDENT + " ".join(words) + (" {" if bodies else ""), number
    for body in bodies:
        for line, _ in lines_of(body):
            yield 2 * INDENT + line, None
    if bodies:
        yield INDENT + "}", None


def _type(type_: Type) -> str:
    return type_ if isinstance(type_, str) else f"({', '.join(type_)})"


def _terminator(terminator: Terminator) -> str:
    match terminator:
        case Return(results):
            return " ".join(["return", ", ".join(f"%{number}" for number in results)]).rstrip()
        case Branch(condition, then, otherwise):
            return f"branch %{condition}, ^{then}, ^{otherwise}"
    return "deoptimize"


# -- parsing -----------------------------------------------------------------------------------

_STRING = r'"(?:[^"\\]|\\.)*"'
_HEAD = re.compile(rf"func ({_STRING}) \((.*)\) \{{")
_PARAMETER = re.compile(rf"%(\d+) (capture )?({_STRING}): (f64\[\]|f64|i1)(?:, |$)")
_LINE = re.compile(
    r"%(\d+) = (\w+)(?:\[([-\d, ]*)\])?(?: (.*?))? : (f64\[\]|f64|i1|\([^)]*\))( \{)?"
)
_NUMBERS = re.compile(r"(?:%\d+(?:, %\d+)*)?")
_BRANCH = re.compile(r"branch %(\d+), \^(\d+), \^(\d+)")


def parse(text: str) -> Function:
    """Return the function that a text stands for.

    Raises:
        ProgramError: the text cannot be read; the error names the line. ``verify`` finds programs
        that can be read but are not well formed.
    """
    reader = _Reader(text)
    try:
        function = reader.function()
    except ProgramError:
        raise
    except (ValueError, RecursionError) as error:  # a number or a name of no form, too many bodies
        raise ProgramError(f"line {reader.at + 1}: cannot be read: {error}") from None
    reader.skip_blank()
    if reader.at < len(reader.lines):
        reader.refuse("nothing more after the function")
    return function


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = [line.strip() for line in text.splitlines()]
        self.at = 0

    def refuse(self, wanted: str) -> ProgramError:
        found = repr(self.lines[self.at]) if self.at < len(self.lines) else "the end"
        raise ProgramError(f"line {self.at + 1}: here should be {wanted}, and there is {found}")

    def skip_blank(self) -> None:
        while self.at < len(self.lines) and not self.lines[self.at]:
            self.at += 1

    def line(self) -> str:
        self.skip_blank()
        if self.at >= len(self.lines):
            self.refuse("more of the function")
        return self.lines[self.at]

    def function(self) -> Function:
        head = _HEAD.fullmatch(self.line())
        if head is None:
            raise self.refuse('func "name" (parameters) {')
        function = Function(json.loads(head[1]))
        place = 0
        while place < len(head[2]):
            parameter = _PARAMETER.match(head[2], place)
            if parameter is None or int(parameter[1]) != len(function):
                raise self.refuse(f'%{len(function)} "name": f64, i1 or f64[] among the parameters')
            place = parameter.end()
            function.add_parameter(
                Parameter(json.loads(parameter[3]), parameter[4], bool(parameter[2]))
            )
        self.at += 1
        first = len(function)
        while True:
            line = self.line()
            terminator = self._terminator(line)
            if terminator is not None:
                function.blocks.append(Block(first, len(function), terminator))
                first = len(function)
                self.at += 1
                line = self.line()
                if line == "}":
                    self.at += 1
                    return function
                if line != f"^{len(function.blocks)}:":
                    self.refuse(f"}} or the label ^{len(function.blocks)}:")
                self.at += 1
            else:
                self._instruction(function, line)

    def _terminator(self, line: str) -> Terminator | None:
        if line == "deoptimize":
            return Deoptimize()
        if line == "return" or line.startswith("return "):
            return Return(self._numbers(line[7:]))
        branch = _BRANCH.fullmatch(line)
        return Branch(int(branch[1]), int(branch[2]), int(branch[3])) if branch else None

    def _numbers(self, text: str) -> tuple[int, ...]:
        if _NUMBERS.fullmatch(text) is None:
            self.refuse("numbers such as %0, %1")
        return tuple(int(word[1:]) for word in text.split(", ") if word)

    def _instruction(self, function: Function, line: str) -> None:
        match = _LINE.fullmatch(line)
        if match is None or int(match[1]) != len(function):
            raise self.refuse(f"%{len(function)} = opcode %operands : type, or the block's end")
        number, opcode, given = len(function), match[2], match[4] or ""
        operands = () if opcode == CONSTANT else self._numbers(given)
        if opcode == CONSTANT:
            function.constants[number] = self._constant(given)
        if match[3] is not None:
            function.statics[number] = tuple(int(word) for word in match[3].split(",") if word)
        type_: Type = match[5]
        if match[5].startswith("("):
            type_ = tuple(word for word in match[5][1:-1].split(", ") if word)
        function.opcodes.append(opcode)
        function.operands.append(operands)
        function.types.append(type_)
        self.at += 1
        if match[6]:
            bodies = []
            for _ in range(BODIES.get(opcode, 0)):
                bodies.append(self.function())
            function.bodies[number] = tuple(bodies)
            if self.line() != "}":
                self.refuse(f"}} after the {len(bodies)} bodies of {opcode}")
            self.at += 1

    def _constant(self, text: str) -> float | bool:
        if text in ("true", "false"):
            return text == "true"
        try:
            return float(text)
        except ValueError:
            raise self.refuse("a number, true or false") from None
