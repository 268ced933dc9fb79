"""The parts of a worked derivation, each equation of which uses only what stands above it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from autograd.engine.chain_rule import is_unchosen
from autograd.explorer.chain_rule import computed, slope
from autograd.explorer.paths import Ways
from autograd.notation.formula import (
    Adjoint,
    Application,
    Derivative,
    Formula,
    Name,
    Number,
    Partial,
    with_numbers,
)
from autograd.notation.names import Names
from autograd.notation.numbers import WRITTEN, digits
from autograd.notation.writing import Equation, Part
from autograd.table import rows as ops
from autograd.table.operation import TABLE

if TYPE_CHECKING:
    from autograd.engine.value import Value

    T = TypeVar("T")

MOST_LINES = 60
MOST_TERMS = 8
MOST_TRIED = 2000  # operations of a graph that is computed again
SHIFTS = (0.5, -0.25, 100.0, -100.0)


def derivation_parts(order: list[Value], ways: Ways, names: Names, precision: int) -> list[Part]:
    """Return headings and equations, from the given numbers through the root down to x.

    Args:
        order: the nodes under the root, as ``recorded`` has them.
        ways: the ways from the root down to x, of which there are some.
        names: what the nodes are called.
        precision: how many digits of numbers will be shown.
    """
    return _Teacher(order, ways, names, precision).parts()


class _Teacher:
    """Writes the parts of a derivation."""

    def __init__(self, order: list[Value], ways: Ways, names: Names, precision: int) -> None:
        self.order = order
        self.precision = precision
        self.ways = ways
        self.names = names
        self.total = Derivative(names[ways.root], names[ways.x], ways.gradient)
        self.users: dict[int, list[tuple[Value, int]]] = {}
        for node in reversed(ways.between):
            for index, arg, _ in ways.edges.get(id(node), ()):
                self.users.setdefault(id(arg), []).append((node, index))

    def parts(self) -> list[Part]:
        ways, names = self.ways, self.names
        if ways.x is ways.root:
            return [Part(("Start from the end",), (Equation((self.total, Number(1.0))),))]
        made = [node for node in ways.between if node is not ways.x]
        targets = [node for node in reversed(ways.between) if node is not ways.root]
        early, late = _ends(made)
        upper, lower = _ends(targets)
        lines = [computed(node, names) for node in early + late]
        chains = [self._chain(node) for node in upper + lower]
        symbols = list(_symbols([*lines, *(line for part in chains for line in part.equations)]))

        nodes = self._nodes([*early, *late, *upper, *lower])
        stated = {names[node].name for node in early + late}
        used = {each.name: each for each in symbols if isinstance(each, Name)}
        missing = [used[name] for name in used if name not in stated]
        between = {id(node) for node in ways.between}
        outside = [name for name in missing if id(nodes.get(name.name)) not in between]
        skipped = {id(nodes[name.name]) for name in missing if name not in outside}
        handed = {id(nodes[each.of.name]) for each in symbols if isinstance(each, Adjoint)}
        handed -= {id(ways.root), *map(id, upper), *map(id, lower)}

        forward = ("Write ", names[ways.root], " in single operations")
        return [
            self._opening(chains),
            *self._stated(outside, nodes),
            Part(forward, tuple(lines[: len(early)])),
            *self._left_out(
                len(made) - len(lines),
                [
                    Equation((names[node], Number(node.data)))
                    for node in made
                    if id(node) in skipped
                ],
            ),
            *([Part(("... and at the end",), tuple(lines[len(early) :]))] if late else []),
            Part(("Start from the end",), (Equation((self._adjoint(ways.root), Number(1.0))),)),
            *chains[: len(upper)],
            *self._left_out(
                len(targets) - len(chains),
                [
                    Equation((self._adjoint(node), Number(ways.adjoints[id(node)])))
                    for node in targets
                    if id(node) in handed
                ],
            ),
            *chains[len(upper) :],
        ]

    def _opening(self, chains: Iterable[Part]) -> Part:
        nearest, index = self.users[id(self.ways.x)][0]
        local = self.names.partial(nearest, index)
        words: tuple[str | Formula, ...] = (" is ", self.total, ", over all paths; ", local)
        held = " is for one operation, its other operands held; "
        found = [line.sides[0] for part in chains for line in part.equations]
        placed = [each for each in found if isinstance(each, Partial) and each.place]
        if local.place:  # where an operand is taken twice
            held = f" is for one operation, by its operand {local.place}, the others held; "
        elif placed:
            words += (" is for one operation, its other operands held, and ", placed[0])
            held = f" by its operand {placed[0].place}; "
        are_shown = "1 digit" if self.precision == 1 else f"{self.precision} digits"
        are_shown += f" of numbers {'is' if self.precision == 1 else 'are'} shown"
        return Part((self._adjoint(self.ways.x), *words, held + are_shown))

    def _nodes(self, shown: Iterable[Value]) -> dict[str, Value]:
        """Return by name the nodes that equations about some nodes may speak of."""
        found: dict[str, Value] = {}
        for node in shown:
            users = [user for user, _ in self.users.get(id(node), ())]
            for each in (node, *users):
                for one in (each, *_operands(each)):
                    found[self.names[one].name] = one
        return found

    # -- what is stated ------------------------------------------------------------------------

    def _stated(self, outside: Sequence[Name], nodes: dict[str, Value]) -> Iterator[Part]:
        """Yield what is given, and what is computed from it without x.

        ``outside`` are the names that the derivation uses and that do not depend on x. One that no
        node bears stands in a condition.
        """
        names, x = self.names, self.ways.x
        needed = {id(nodes[name.name]) for name in outside if name.name in nodes}
        under = self._under(needed)
        too_many = len(under) > MOST_LINES
        shown = needed if too_many else under
        made = [node for node in self.order if id(node) in shown and node.op is not None]
        if too_many:
            lines = [Equation((names[node], Number(node.data))) for node in made]
        else:
            lines = [computed(node, names) for node in made]
        held = [node.op is ops.stop_gradient for node in made]
        lines = [
            Equation(line.sides, remark=self._held(node)) if is_held else line
            for node, line, is_held in zip(made, lines, held, strict=True)
        ]
        spoken = [*outside, *(each for each in _symbols(lines) if isinstance(each, Name))]
        lone = {name.name: name for name in spoken} | {names[x].name: names[x]}
        for node in made:
            del lone[names[node].name]
        first = [names[node].name for node in (x, *self.order) if node is x or node.op is None]
        given = {name: lone[name] for name in first if name in lone} | lone
        start = [
            Equation((name, Number(name.number)), remark=_in_full(name.number, self.precision))
            for name in given.values()
        ]
        yield Part(("Given",), tuple(start))
        if lines:
            heading: tuple[str | Formula, ...] = ("Numbers that do not depend on ", names[x])
            if any(held):
                heading += (", or are held constant",)
            if too_many:
                left_out = sum(node.op is not None for node in under.values())
                heading += (f"; the {left_out} operations that give them are left out",)
            yield Part(heading, tuple(lines))

    def _held(self, node: Value) -> str:
        """Return the remark on a result of ``stop_gradient``.

        That a shift cancels, as the largest number in a softmax does, is tried out: the root is the
        same with other shifts, though each term by itself is not.
        """
        users = shifted(self.order, node)
        if any(self.ways.adjoints[id(user)] for user in users):
            name = self.names[self.ways.root].name
            return f"held constant; {name} is the same without this shift, which cancels"
        return "held constant"

    def _under(self, needed: set[int]) -> dict[int, Value]:
        """Return by id the nodes under some nodes, and these."""
        under: dict[int, Value] = {}
        for node in reversed(self.order):
            if id(node) in needed or id(node) in under:
                under[id(node)] = node
                under.update((id(arg), arg) for arg in _operands(node))
        return under

    @staticmethod
    def _left_out(count: int, numbers: Sequence[Equation]) -> Iterator[Part]:
        """Yield how many lines are left out, and the numbers in them that are used below."""
        if count:
            end = ", which give" if numbers else " ..."
            yield Part((f"... and so on, {count} more of the same kind{end}",), tuple(numbers))

    # -- from the root down to x ---------------------------------------------------------------

    def _adjoint(self, node: Value) -> Adjoint:
        return Adjoint(self.names[node], self.ways.adjoints[id(node)])

    def _chain(self, node: Value) -> Part:
        """Return the part that finds the adjoint of a node from the nodes that use it."""
        names, ways, users = self.names, self.ways, self.users[id(node)]
        adjoint = self._adjoint(node)
        sides: list[Formula] = [self.total, adjoint] if node is ways.x else [adjoint]
        passing = [(user, index) for user, index in users if ways.passes(user, index)]
        summed, shown = passing[:-MOST_TERMS], passing[-MOST_TERMS:]
        equations = [
            self._slope(user, index)
            for user, index in (users if len(users) <= MOST_TERMS else shown)
        ]
        terms: list[Formula] = [
            Application(ops.multiply, (self._adjoint(user), names.partial(user, index)))
            for user, index in shown
        ]
        if summed:
            terms.insert(0, Number(sum(ways.added(user, index) for user, index in summed)))
        if terms:
            whole = reduce(lambda a, b: Application(ops.add, (a, b)), terms)
            sides += [whole, with_numbers(whole)]
        equations.append(Equation((*sides, Number(adjoint.number))))
        words = ", ".join(dict.fromkeys(_rule(user, index) for user, index in users))
        if users[0][0] is not ways.root or len(users) > 1:
            words += " and chain rule"
        heading: tuple[str | Formula, ...] = (words[0].upper() + words[1:],)
        if len(users) > 1:
            uses = f"the {len(users)} uses of "
            if not passing:
                heading += (", nothing passes through ", uses, names[node])
            elif len(passing) < len(users):
                heading += (f", summed over {len(passing)} of ", uses, names[node])
                others = "others" if len(users) - len(passing) > 1 else "other"
                heading += (f", nothing passes through the {others}",)
            else:
                heading += (", summed over ", uses, names[node])
        if summed:
            heading += (f"; the first {len(summed)} terms are added up to one number",)
        return Part(heading, tuple(equations))

    def _slope(self, user: Value, index: int) -> Equation:
        found = slope(user, index, self.names)
        if self.ways.passes(user, index):
            return found
        unchosen = "to what was not chosen" if is_unchosen(user, index) else "where nothing arrives"
        return Equation(found.sides, found.sign, found.remark or f"nothing passes {unchosen}")


def shifted(order: Sequence[Value], node: Value) -> list[Value]:
    """Return what a result of ``stop_gradient`` is taken from, where that shift cancels."""
    users = [user for user in order if any(arg is node for arg in user.args)]
    if not all(user.op is ops.subtract and user.args[0] is not node for user in users):
        return []
    moved = [_moved(order, node, shift) for shift in SHIFTS]
    cancels = all(math.isclose(each, order[-1].data, rel_tol=1e-9) for each in moved)
    return users if cancels else []


def _moved(order: Sequence[Value], node: Value, shift: float) -> float:
    """Return what the root would be, were a node another number; nan where it cannot be told."""
    numbers = {id(node): node.data + shift}
    for each in order if len(order) <= MOST_TRIED else ():
        if each is not node and any(id(arg) in numbers for arg in each.args):
            if each.op is None or TABLE.get(each.op.name) is not each.op:  # one of the user's
                return math.nan
            known = [numbers.get(id(arg), getattr(arg, "data", arg)) for arg in each.args]
            numbers[id(each)] = each.op.value(*known)
    return numbers.get(id(order[-1]), math.nan)


def _ends(nodes: list[Value]) -> tuple[list[Value], list[Value]]:
    """Return the first and the last nodes where there are too many, else all and none."""
    if len(nodes) <= MOST_LINES:
        return nodes, []
    return nodes[: MOST_LINES // 2], nodes[-MOST_LINES // 2 :]


def _operands(node: Value) -> Iterator[Value]:
    for arg, partial in zip(node.args, node.partials, strict=True):
        if partial is not None:
            yield arg


def _symbols(equations: Iterable[Equation]) -> Iterator[Name | Adjoint]:
    """Yield the names and the adjoints that equations speak of; partials are stated where used."""
    waiting: list[Formula] = [side for equation in equations for side in equation.sides]
    for whole in waiting:
        if isinstance(whole, Application):
            waiting.extend(whole.operands)
        elif isinstance(whole, (Name, Adjoint)):
            yield whole


def _in_full(number: float, precision: int) -> str:
    """Return the remark on a given number that a person wrote with more digits than are shown."""
    written = f"{number:.{WRITTEN}g}"
    is_more = float(written) == number != float(digits(number, precision))
    return f"in full {written}" if is_more else ""


def _rule(user: Value, index: int) -> str:
    assert user.op is not None
    if user.op is ops.power and index == 1:
        return "exponential rule"
    return user.op.rule
