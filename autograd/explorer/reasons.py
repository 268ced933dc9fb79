"""Why a gradient is zero, nan, infinite, huge or tiny, in words that name the nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.explorer.chain_rule import is_under
from autograd.explorer.nearby import Nearby
from autograd.notation.formula import Constant
from autograd.notation.names import Names
from autograd.notation.numbers import digits
from autograd.notation.writing import TextWriter
from autograd.table.operation import INFINITY

if TYPE_CHECKING:
    from autograd.engine.value import Value
    from autograd.explorer.paths import Path, Ways

HUGE, TINY, STEEP, FLAT = 1e6, 1e-6, 1e2, 1e-2
CANCELLED = 1e-12
FEW = 1e-3
MOST_NAMED = 4


class Reasons:
    """Finds the reason why one gradient is remarkable."""

    def __init__(self, ways: Ways, names: Names, writer: TextWriter) -> None:
        self.ways = ways
        self.names = names
        self.text = writer.write
        self.precision = writer.precision

    def reason(self, paths: list[Path]) -> str:
        """Return a sentence or two, or "" where the gradient is unremarkable."""
        gradient, magnitude = self.ways.gradient, self.ways.magnitude
        root = self._name(self.ways.root)
        if not self.ways.between:
            x = self._name(self.ways.x)
            swapped = f" But {x} depends on {root}: write the two the other way round."
            return (
                f"{root} does not depend on {x}: no path leads there, so the derivative is 0."
                + swapped * is_under(self.ways.root, self.ways.x)
            )
        if gradient != gradient:
            return self._where_nan_enters()
        if lost := self._where_the_value_is_lost():
            return lost
        if gradient - gradient != 0.0:
            return self._where_infinity_enters()
        if gradient == 0.0 and magnitude == 0.0:
            return self._where_it_stops()
        if abs(gradient) <= CANCELLED * magnitude and self.ways.count > 1:
            return (
                f"The paths cancel: their sizes add up to {self._number(magnitude)}, "
                f"and with their signs to {self._number(gradient)}."
            )
        if abs(gradient) > HUGE and abs(paths[0].product) <= FEW * abs(gradient):
            return (
                f"The gradient is large because many paths add up: "
                f"the largest of them alone is {self._number(paths[0].product)}."
            )
        if abs(gradient) > HUGE:
            return self._extreme(paths[0], "large", STEEP)
        if abs(gradient) < TINY:
            return self._extreme(paths[0], "small", FLAT)
        return self._where_it_bends()

    # -- words -----------------------------------------------------------------------------------

    def _number(self, number: float) -> str:
        return digits(number, self.precision)

    def _name(self, node: Value) -> str:
        return self.text(self.names[node])

    def _definition(self, node: Value) -> str:
        return f"{self._name(node)} = {self.text(self.names.definition(node))}"

    def _operand(self, node: Value, index: int) -> str:
        """Return ``v2 = -3`` for an operand, or the number alone for a constant."""
        arg = node.args[index]
        if node.partials[index] is None:
            return self.text(Constant(arg))
        return f"{self._name(arg)} = {self._number(arg.data)}"

    def _at(self, node: Value) -> str:
        places = [place for place, each in enumerate(node.partials) if each is not None]
        return ", ".join(dict.fromkeys(self._operand(node, place) for place in places))

    def _stopped(self, node: Value, index: int) -> str:
        assert node.op is not None
        near = Nearby(node, index)
        if near.jumps():
            words = f"{node.op.name} jumps at {{arg}}, where it has no slope, and 0 is taken"
        elif near.is_kink():
            words = f"{node.op.name} has a kink at {{arg}}, where 0 is taken for its slope"
        elif near.is_rounded_to_zero():
            words = node.op.flat or "its slope at {at} is below the smallest float"
        else:
            words = node.op.flat or "its slope is 0 at {at}"
        other = self._operand(node, 1 - index) if len(node.args) == 2 else ""
        return words.format(arg=self._operand(node, index), other=other, at=self._at(node))

    # -- reasons ---------------------------------------------------------------------------------

    def _where_it_stops(self) -> str:
        """Name the edges at which a nonzero gradient meets a zero slope."""
        stops, underflows = [], []
        reached = {id(self.ways.root)}
        for node in reversed(self.ways.between):
            if id(node) not in reached:
                continue
            for index, arg, partial in self.ways.edges.get(id(node), ()):
                if partial == 0.0:
                    stops.append(f"in {self._definition(node)}, {self._stopped(node, index)}")
                elif self.ways.added(node, index) == 0.0:
                    underflows.append(self._definition(node))
                else:
                    reached.add(id(arg))
        if not stops:
            return (
                f"Every slope is other than 0, but their product is below the smallest float; "
                f"it becomes 0 at {_listed(underflows)}."
            )
        ends = "It stops on every path" if self.ways.count > 1 else "It stops on the way"
        return f"{ends}: {_listed(stops)}."

    def _where_nan_enters(self) -> str:
        for node in reversed(self.ways.between):
            upstream = self.ways.adjoints[id(node)]
            if upstream != upstream:
                return f"Contributions of inf and -inf meet at {self._name(node)}, and give nan."
            for index, _, partial in self.ways.edges.get(id(node), ()):
                if partial != partial:
                    value = " the value itself is nan there, and" if node.data != node.data else ""
                    return (
                        f"nan enters at {self._definition(node)}:{value} "
                        f"the derivative at {self._at(node)} is nan{self._outside(node)}."
                    )
                added = self.ways.added(node, index)
                if added != added:
                    return self._without_value(node, upstream, partial)
        return f"Contributions of inf and -inf meet at {self._name(self.ways.x)}, and give nan."

    def _where_the_value_is_lost(self) -> str:
        """Say which node towards x has no number, if the root has none and the slopes have."""
        for node in self.ways.between if self.ways.root.data != self.ways.root.data else ():
            if node is not self.ways.x and node.data != node.data:
                return (
                    f"{self._definition(node)} has no value at {self._at(node)}"
                    f"{self._outside(node)}; the derivative is what its formula gives there."
                )
        return ""

    def _where_it_bends(self) -> str:
        """Name the kinks at which one slope of several is taken."""
        bends = []
        for node in reversed(self.ways.between):
            for index, _, partial in self.ways.edges.get(id(node), ()):
                if node.op is not None and partial != 0.0 and Nearby(node, index).bends():
                    at, taken = self._operand(node, index), self._number(partial)
                    bends.append(
                        f"{self._definition(node)} has a kink at {at}, where {taken} is taken for "
                        f"its slope"
                    )
        return f"{_listed(bends)}." if bends else ""

    def _outside(self, node: Value) -> str:
        """Say where the operation is real, if an operand is outside, or what it is a limit of."""
        assert node.op is not None
        for place, (lowest, highest) in enumerate(node.op.domain):
            arg = node.args[place]
            number = arg if node.partials[place] is None else arg.data
            if number < lowest or number > highest:
                bounds = [f"at least {self._number(lowest)}"] if lowest > -INFINITY else []
                bounds += [f"at most {self._number(highest)}"] if highest < INFINITY else []
                operand = self._operand(node, place).partition(" = ")[0]
                words = f"{operand} must be {' and '.join(bounds)}"
                return f": {node.op.outside or words}"
        if node.op.indefinite and node.data != node.data and Nearby(node, 0).are_finite():
            return f": {node.op.indefinite}"
        return ""

    def _without_value(self, node: Value, upstream: float, partial: float) -> str:
        """Name the two factors of 0 x inf, where the infinite one comes from, and the remedy."""
        steep = next(
            above
            for above in reversed(self.ways.between)
            for _, _, slope in self.ways.edges.get(id(above), ())
            if above is node or (slope - slope != 0.0 and partial - partial == 0.0)
        )
        words = f"nan enters at {self._definition(node)}: its gradient is {self._number(upstream)}"
        if steep is not node:
            words += f", from the slope of {self._definition(steep)} at {self._at(steep)},"
        remedy = (steep.op.remedy if steep.op else "") or (
            "keep its operand away from such a point: where(condition, operand, another number)"
        )
        return (
            f"{words} and its slope at {self._at(node)} is {self._number(partial)}; 0 x inf has no "
            f"value. If there is one, {remedy}; stop_gradient leaves a path out."
        )

    def _where_infinity_enters(self) -> str:
        for node in reversed(self.ways.between):
            for index, _, partial in self.ways.edges.get(id(node), ()):
                added = self.ways.added(node, index)
                if added - added != 0.0 and added == added:
                    if partial - partial != 0.0 and Nearby(node, index).overflows():
                        return (
                            f"The slope of {self._definition(node)} at {self._at(node)} is beyond "
                            f"the largest float."
                        )
                    if partial - partial != 0.0:
                        return (
                            f"{self._definition(node)} has an infinite slope at {self._at(node)}."
                        )
                    upstream = self._number(self.ways.adjoints[id(node)])
                    return (
                        f"The product overflows at {self._definition(node)}: "
                        f"{upstream} x {self._number(partial)} is beyond "
                        f"the largest float."
                    )
        return "The sum of the paths is beyond the largest float."

    def _extreme(self, path: Path, kind: str, bound: float) -> str:
        """Name the factors of the largest path that make it large or small."""
        factors = list(zip(path.nodes, path.indices, path.partials, strict=False))
        factors.sort(key=lambda factor: abs(factor[2]), reverse=kind == "large")
        named = [
            self._factor(node, index, partial)
            for node, index, partial in factors
            if (abs(partial) >= bound if kind == "large" else abs(partial) <= bound)
        ]
        if named:
            return f"The gradient is {kind} because {_listed(named)}."
        return (
            f"The gradient is {kind} because it is a product of {len(factors)} factors; "
            f"no single one is {kind}."
        )

    def _factor(self, node: Value, index: int, partial: float) -> str:
        assert node.op is not None
        slope = (
            f"the slope of {self._definition(node)} at {self._at(node)} is {self._number(partial)}"
        )
        if abs(partial) <= FLAT and node.op.flat and node.op.arity == 1:
            return f"{slope} ({self._stopped(node, index)})"
        return slope


def _listed(parts: list[str]) -> str:
    """Return the first few of the parts, and how many more there are."""
    parts = list(dict.fromkeys(parts))
    more = len(parts) - MOST_NAMED
    shown = "; ".join(parts[:MOST_NAMED])
    return f"{shown}; and {more} more" if more > 0 else shown
