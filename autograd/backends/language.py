"""What the back ends that write source text have in common but for instructions: see ``writer``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograd.backends.binding import Binding
from autograd.errors import ExportError
from autograd.ir.function import ARRAY_TYPE, Deoptimize, Function, Return, Type
from autograd.wording import counted


@dataclass(frozen=True, slots=True)
class Language:
    """How a language writes numbers and primitives.

    Attributes:
        name: what it is called in messages.
        constants: how a name for a number or a truth is declared, by type.
        variables: likewise where it is assigned again.
        spellings: for each primitive an expression with {0}, {1} for its operands.
        literal: how it writes a constant.
        indent: by how much a block stands inwards.
    """

    name: str
    constants: Mapping[Type, str]
    variables: Mapping[Type, str]
    spellings: Mapping[str, str]
    literal: Callable[[float | bool], str]
    indent: str


def check_bodies(function: Function) -> None:
    """Refuse bodies of several blocks, which no language of ours writes."""
    for bodies in function.bodies.values():
        for body in bodies:
            if len(body.blocks) != 1:
                raise ExportError(
                    f"a body in {function.name!r} has {len(body.blocks)} blocks, and a file takes "
                    f"one: write where(condition, a, b) in place of if"
                )
            check_bodies(body)


def is_partial(function: Function) -> bool:
    """Return whether there are numbers for which it leaves without results."""
    return any(isinstance(block.terminator, Deoptimize) for block in function.blocks)


def notes_of_ways(function: Function, otherwise: str) -> list[str]:
    """Return what the comment of a function says that does not know all ways through it.

    Args:
        function: what is written.
        otherwise: what it does for numbers that take another.
    """
    ways = sum(isinstance(block.terminator, Return) for block in function.blocks)
    known = f"It decides by numbers, and knows the {counted(ways, 'way')} that calls took before."
    return [known, otherwise] if is_partial(function) else []


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
    parameters = [*enumerate(function.parameters)]
    inputs = [(place, each.name) for place, each in parameters if each.type != ARRAY_TYPE]
    arrays = [each.name for _, each in parameters if each.type == ARRAY_TYPE]
    count = f"results: {len(function.result_types())}"
    listed = _listed(labels) if labels else []
    whole = ["arrays of any length, their rows one after the other, in their order:"]
    whole = [*whole, *_listed(arrays)] if arrays else []
    lines = [f"{name}: written by scalar-autograd from a compiled function.", ""]
    if mapped is None:
        lines += ["inputs, in their order:", *_listed([label for _, label in inputs]), *whole]
        lines += [count + ", in their order:" * bool(labels), *listed]
    else:
        lines += ["inputs that all rows share, in their order:"]
        lines += [*_listed([label for place, label in inputs if place not in mapped]), *whole]
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
