"""What nodes are called, in formulas, listings, pictures and pages alike."""

from __future__ import annotations

import functools
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from autograd.notation.formula import (
    Application,
    Constant,
    Formula,
    Name,
    Number,
    Partial,
    partial_formula,
)
from autograd.table import rows as ops

if TYPE_CHECKING:
    from autograd.engine.modes import Scope
    from autograd.engine.value import Value

LONGEST_LABEL = 40
# What has been read as the condition of where: eager code knows only whether it holds.
conditions: WeakKeyDictionary[Value, Formula] = WeakKeyDictionary()
CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}  # names that formulas use for constants
JOINERS = "\u200c\u200d"  # scripts and emoji are written with them


def is_accent(character: str) -> bool:
    """Return whether a character is a mark on the one before it, with no width of its own."""
    return unicodedata.category(character) in ("Mn", "Me")


def one_line(text: str, longest: int = 400) -> str:
    r"""Return text as one clean line: invisible characters are escaped, as \x1b or \u202e.

    Of many accents on one letter, which would grow out of the box, two are kept; the first eight
    characters, which are never cut, may have more.
    """
    if text.isascii() and text.isprintable() and len(text) <= longest:
        return text.strip()
    shown: list[str] = []
    pile = 0
    for character in text[: 4 * longest]:
        pile = pile + 1 if is_accent(character) else 0
        if character.isspace():
            if shown and shown[-1] != " ":
                shown.append(" ")
        elif _is_unseen(character):
            shown += character.encode("unicode_escape").decode()
        elif pile <= 2 or len(shown) < 8:
            shown.append(character)
    line = "".join(shown).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _is_unseen(character: str) -> bool:
    """Return whether a character is a control or private, hides text, or is unassigned."""
    code = ord(character)
    return (
        (unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") and character not in JOINERS)
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
        or 0xE0000 <= code <= 0xE0FFF
        or character in "\u115f\u1160\u3164\uffa0\ufffc"
    )


class Names:
    """The names of the nodes of a graph: their labels, and v1, v2, ... where they have none.

    Nodes with the same label are told apart by the scopes around them; those that are still the
    same are numbered from the second on: x, x#2, x#3. Nothing is computed before a name is needed.

    Args:
        order: the nodes, as ``ordered`` has them.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        self._order = order

    @functools.cached_property
    def _labelled(self) -> dict[int, Name]:
        """The names of the nodes that bear a label."""
        nodes = [node for node in self._order if node.label]
        labels = [one_line(node.label, LONGEST_LABEL) for node in nodes]
        bearers = Counter(labels)
        paths = _paths(self._order) if len(bearers) < len(labels) else {}
        names: dict[int, Name] = {}
        taken = set(bearers)  # a number is skipped where a label looks like it
        seen: Counter[str] = Counter()
        for node, label in zip(nodes, labels, strict=True):
            if not label:  # nothing that can be seen
                continue
            name = Name(label, node.data, paths.get(id(node), "") if bearers[label] > 1 else "")
            whole = name.name
            seen[whole] += 1
            while name.name in taken and (name.path or seen[whole] > 1):
                name.label = f"{label}#{seen[whole]}"
                seen[whole] += name.name in taken
            taken.add(name.name)
            names[id(node)] = name
        return names

    @functools.cached_property
    def _numbers(self) -> dict[int, int]:
        """Which of the nodes without a label each is, from 1."""
        rest = itertools.filterfalse(self._labelled.__contains__, map(id, self._order))
        return dict(zip(rest, itertools.count(1)))

    @functools.cached_property
    def _taken(self) -> list[int]:
        """The numbers that labels such as v3 take away, in order."""
        labels = [name.name for name in self._labelled.values()]
        return sorted(int(label[1:]) for label in labels if re.fullmatch("v[1-9][0-9]*", label))

    def __getitem__(self, node: Value) -> Name:
        if id(node) in self._labelled:
            return self._labelled[id(node)]
        number = self._numbers[id(node)]
        for taken in self._taken:
            number += taken <= number
        return Name(f"v{number}", node.data)

    def operands(self, node: Value) -> tuple[Formula, ...]:
        """Return the operands of a node: names, and its constants.

        The condition of ``where`` is shown as it was written, if a formula was read.
        """
        operands = tuple(
            self.constant(arg) if partial is None else self[arg]
            for arg, partial in zip(node.args, node.partials, strict=True)
        )
        return (conditions[node], *operands[1:]) if node in conditions else operands

    def constant(self, number: float) -> Formula:
        """Return a constant; a number alone where pi or e, which may stand in it, name a node."""
        return Number(number) if self._redefines else Constant(number)

    @functools.cached_property
    def _redefines(self) -> bool:
        """Whether some node is called pi or e and is another number."""
        named = self._labelled.values()
        known = [each for each in named if each.name in CONSTANTS]
        return any(CONSTANTS[each.name] != each.number for each in known)

    def definition(self, node: Value) -> Formula:
        """Return what a node was computed from: its operation on the names of its operands."""
        if node.op is None:
            return self[node]
        operands = self.operands(node)
        return operands[0] if node.op is ops.identity else Application(node.op, operands)

    def partial(self, node: Value, index: int) -> Partial:
        """Return the derivative of a node by one of its operands, as a name for it."""
        arg = node.args[index]
        repeated = sum(other is arg for other in node.args) > 1
        number = node.partials[index]
        assert number is not None
        return Partial(self[node], self[arg], number, index + 1 if repeated else 0)

    def partial_formula(self, node: Value, index: int) -> Formula:
        """Return the derivative of a node by one of its operands, as a formula in names."""
        assert node.op is not None
        number = self.partial(node, index).number
        whole = partial_formula(node.op, index, self[node], self.operands(node), number)
        return _with_numbers_alone(whole) if self._redefines else whole


def _with_numbers_alone(whole: Formula) -> Formula:
    """Return the formula without constants that are written as formulas, with pi or e."""
    if isinstance(whole, Application):
        return whole.on(tuple(map(_with_numbers_alone, whole.operands)))
    return Number(whole.number) if isinstance(whole, Constant) else whole


def _paths(order: Sequence[Value]) -> dict[int, str]:
    """Return the scopes around each node, by name: a leaf belongs where it is used.

    A leaf that several scopes use is an input to them all, and lies outside the innermost scope
    around them, as it does in pictures.
    """
    known: dict[Scope | None, list[str]] = {None: []}
    paths: dict[int, list[str]] = {}
    inputs: set[int] = set()
    for node in order:
        if node.op is None:
            continue
        if node.scope is not None and node.scope not in known:
            scopes = node.scope.path()
            known[node.scope] = [one_line(scope.name, LONGEST_LABEL) for scope in scopes]
        path = paths[id(node)] = known[node.scope]
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is not None and arg.op is None and paths.setdefault(id(arg), path) != path:
                pairs = zip(paths[id(arg)], path, strict=False)
                paths[id(arg)] = [
                    a for a, b in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)
                ]
                inputs.add(id(arg))
    return {key: " / ".join(path[:-1] if key in inputs else path) for key, path in paths.items()}
