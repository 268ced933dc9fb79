"""What the back ends that write source text have in common: one line for each instruction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd.backends.binding import Binding
from autograd.errors import ExportError
from autograd.ir.function import CONSTANT, I1, Function


class Parts(NamedTuple):
    """A function in lines.

    Attributes:
        once: the lines that are the same for every row; all of them where nothing is mapped.
        each: the lines that each row runs for itself.
        results: what is returned.
        width: how many numbers a row has for itself.
    """

    once: list[str]
    each: list[str]
    results: list[str]
    width: int


@dataclass(frozen=True, slots=True)
class Language:
    """How a language writes instructions.

    Attributes:
        name: what it is called in messages.
        number, truth: how a variable of type f64 and i1 is declared.
        spellings: for each primitive an expression with {0}, {1} for its operands.
        literal: how it writes a constant.
    """

    name: str
    number: str
    truth: str
    spellings: Mapping[str, str]
    literal: Callable[[float | bool], str]

    def lines(
        self, function: Function, numbers: Sequence[int], names: Mapping[int, str]
    ) -> Iterator[str]:
        """Yield a line for each instruction; names are given, or v and the number."""
        for number in numbers:
            opcode = function.opcodes[number]
            if opcode == CONSTANT:
                continue
            if opcode not in self.spellings:
                raise ExportError(
                    f"{opcode} of {function.name!r} cannot be written in {self.name} yet: "
                    f"loops and lookups in arrays are for jit alone, and a Python for over a "
                    f"fixed count is written out step by step"
                )
            given = [self.operand(function, each, names) for each in function.operands[number]]
            kind = self.truth if function.types[number] == I1 else self.number
            yield f"{kind} v{number} = {self.spellings[opcode].format(*given)};"

    def parts(self, function: Function, binding: Binding, shared: str, own: str) -> Parts:
        """Return the lines and results of a function, and what each row takes of them.

        Args:
            function: what is written.
            binding: which parameters each row has for itself.
            shared: a template for what all rows share, such as ``in[{}]``.
            own: likewise for what a row has for itself.
        """
        mapped = binding.mapped or frozenset()
        counts = {shared: 0, own: 0}
        names: dict[int, str] = {}
        for place in range(len(function.parameters)):
            template = own if place in mapped else shared
            names[place] = template.format(counts[template])
            counts[template] += 1
        varies = function.depends_on(sorted(mapped))
        numbers = range(len(function.parameters), len(function))
        once, each = (
            list(self.lines(function, [n for n in numbers if varies[n] == how], names))
            for how in (0, 1)
        )
        results = [self.operand(function, number, names) for number in function.results]
        return Parts(once, each, results, counts[own])

    def operand(self, function: Function, number: int, names: Mapping[int, str]) -> str:
        """Return what an operand is called; constants are written where they stand."""
        if number in function.constants:
            return self.literal(function.constants[number])
        return names.get(number, f"v{number}")


def check_straight(function: Function) -> None:
    """Refuse a function of several blocks, which no language of ours writes yet."""
    if len(function.blocks) != 1:
        raise ExportError(
            f"{function.name!r} has {len(function.blocks)} ways through it, and a file takes one: "
            f"write where(condition, a, b) in place of if"
        )


def identifier(name: str) -> str:
    """Return what a function is called in C and JavaScript: no word and no function of theirs."""
    word = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name).strip("_")
    return f"autograd_{word or 'function'}"


INEXACT = (
    "The function was compiled with exact=False. The file has its steps (x*x for x**2), without",
    "fused multiply-adds and with the functions of the library: the results may differ from the",
    "function's, and from those of exact=True, by what exact=False allows: the roundings of",
    "multiply-adds, and 4 units in the last place of each function.",
)


def comment(
    function: Function,
    binding: Binding,
    name: str,
    marks: tuple[str, str, str],
    notes: Sequence[str],
    labels: Sequence[str] = (),
) -> list[str]:
    """Return the lines of the comment at the head of an exported file: what goes where.

    Args:
        function: what is written.
        binding: which parameters each row has for itself.
        name: what the function is called in the file.
        marks: what begins, continues and ends a comment.
        notes: what else to say.
        labels: what each result is, such as ``result['w'][0]``; where they are known.
    """
    mapped = binding.mapped
    inputs = [(place, parameter.name) for place, parameter in enumerate(function.parameters)]
    count = f"results: {len(function.results)}"
    listed = _listed(labels) if labels else []
    lines = [f"{name}: written by scalar-autograd from a compiled function.", ""]
    if mapped is None:
        lines += ["inputs, in their order:", *_listed([label for _, label in inputs])]
        lines += [count + ", in their order:" * bool(labels), *listed]
    else:
        lines += ["inputs that all rows share, in their order:"]
        lines += _listed([label for place, label in inputs if place not in mapped])
        lines += ["inputs of each row, one row after the other:"]
        lines += _listed([label for place, label in inputs if place in mapped])
        what = {None: "of each row", "sum": "sums over rows", "mean": "means over rows"}
        order = ", in their order:" * bool(labels)
        lines += [f"{count}, {what[binding.reduce]}{order}", *listed]
    lines += ["", *notes]
    begin, middle, end = marks
    return [begin, *[f"{middle} {line}".rstrip() for line in lines], end, ""]


def _plain(label: str) -> str:
    """Return a label in printable ASCII; quotes and backslashes, which paths hold, stay."""
    return re.sub(r"[^ -~]", lambda found: ascii(found[0])[1:-1], label)


def _listed(labels: Sequence[str]) -> list[str]:
    """Return a line for each label: escaped, so that none can end the comment."""
    words = [re.sub(r"\*(?=/)|/(?=\*)", r"\g<0>\\", _plain(label)) for label in labels]
    return [f"  [{place}] {word}" for place, word in enumerate(words)] or ["  none"]
