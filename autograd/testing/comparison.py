"""A derivative in question beside the true one: point by point, component by component."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograd.differences import Slope, slope
from autograd.engine.value import Value
from autograd.errors import AutogradError, StructureError
from autograd.testing.arguments import Function, Parameters, Point
from autograd.testing.rounding import grain, noise, roughness
from autograd.testing.slopes import INLINED, values
from autograd.testing.truth import by_backward, plain, truth
from autograd.trees import flatten

__tracebackhide__ = True  # from reports of pytest

UNDERFLOW = 1e-320  # what the smallest floats may be off by
NEIGHBOUR = 1e-3  # how far what is next to a point is from it
MOST_NUMBERS = 4  # of a point all of whose corners are looked at
SURE, VOUCHED = 16, 32  # points at which differences are taken whatever backward gives


@dataclass(frozen=True, slots=True)
class Judgement:
    """The claimed and the true value of one component of a derivative at a point.

    Attributes:
        claimed: the value in question.
        true: what it should be.
        is_right: whether the two agree, as far as differences can tell.
        is_precise: whether multiprecision differences decided it.
        between: at a kink the two slopes on its sides, the smaller one first.
    """

    claimed: float
    true: float
    is_right: bool = True
    is_precise: bool = True
    between: tuple[float, float] | None = None


class Comparison:
    """A function and a derivative in question: df, or where it is None what backward gives.

    Attributes:
        count: at how many points the two have been compared; at all others f was not real.
        refusal: what df raised at the latest point, if it raised something.
        overflows: the points where df is no finite number as floats go, and right in many digits.
    """

    def __init__(
        self, f: Function, df: Function | None, rtol: float, parameters: Parameters
    ) -> None:
        self.f = f
        self.df = df
        self.rtol = rtol
        self.parameters = parameters
        self.count = 0
        self.refusal: Exception | None = None
        self.overflows: list[Point] = []
        self._undefined: set[Point] = set()
        self._special: set[Point] = set()
        self._to_verify, self._known = VOUCHED, 0
        self._seen: dict[Point, int] = {}
        self._precise: tuple[Point, list[float] | None] | None = None  # the latest

    def wrong(self, point: Point, verified: bool = False) -> int:
        """Return how many components of the derivative in question are wrong at a point."""
        if point not in self._seen:
            judged = self.judged(point, verified)
            self.count += bool(judged)
            wrong = [judgement for judgement in judged if not judgement.is_right]
            self._seen[point] = len(wrong)
            if wrong and not any(math.isfinite(judgement.claimed) for judgement in wrong):
                self._undefined.add(point)
            if not all(math.isfinite(each.true) and not each.between for each in wrong):
                self._special.add(point)
        return self._seen[point]

    def judged(self, point: Point, verified: bool) -> list[Judgement]:
        """Return the judgement of each component; nothing where f is not real.

        To save time, a claim that equals the result of backward is checked by differences at the
        first points only, unless all are to be verified.
        """
        value, gradient = self.backward(point)
        if not math.isfinite(value):
            return []
        claims = self._claims(point) if self.df is not None else gradient
        judgements = []
        for index, claimed in enumerate(claims):
            derivative = gradient[index]
            is_same = abs(claimed - derivative) <= self.rtol * abs(derivative)
            is_next = self._to_verify > 0 and self.count % len(claims) == index
            if is_same and not verified and not is_next:
                judgements.append(Judgement(claimed, derivative))
            else:
                judgements.append(self._judgement(point, index, claimed, derivative, value))
        return judgements

    def is_undefined(self, point: Point) -> bool:
        """Return whether df is wrong at a point, and nowhere there by a finite number."""
        return bool(self.wrong(point)) and point in self._undefined

    def is_special(self, point: Point) -> bool:
        """Return whether df is wrong at a point where there is no one, finite derivative."""
        return bool(self.wrong(point)) and point in self._special

    def is_isolated(self, point: Point) -> bool:
        """Return whether df is right at all corners around a point where f is real."""
        if len(point.numbers) > MOST_NUMBERS:
            return False
        corners = itertools.product(*[(n - NEIGHBOUR, n + NEIGHBOUR) for n in point.numbers])
        judged = [self.judged(point.at(corner), verified=True) for corner in corners]
        return any(judged) and all(judgement.is_right for found in judged for judgement in found)

    def claim(self, point: Point, index: int) -> Value | None:
        """Return the root of the graph of one component of df, if it has one."""
        names = self.parameters.components(point)
        leaves = [Value(n, label=name) for n, name in zip(point.numbers, names, strict=True)]
        try:
            root = INLINED.run(self._leaves, point, leaves)[index]
        except Exception:  # df need not take Values
            return None
        return root if isinstance(root, Value) else None

    @property
    def right(self) -> int:
        """At how many of the points df was right."""
        return self.count - sum(map(bool, self._seen.values()))

    def backward(self, point: Point) -> tuple[float, list[float]]:
        """Return the value and the gradient; nan where f refuses the numbers."""
        try:
            return by_backward(self.of(point), point.numbers)
        except AutogradError:
            raise
        except (ArithmeticError, ValueError):
            return math.nan, []

    def trusting(self, point: Point) -> list[Judgement]:
        """Return the judgements with the results of backward taken as true; or nothing."""
        value, gradient = self.backward(point)
        if not math.isfinite(value):
            return []
        claims = self._precise_claims(point) or self._claims(point)
        return [Judgement(*pair) for pair in zip(claims, gradient, strict=False)]

    def slope(self, point: Point, index: int) -> Slope:
        """Return the slope of one component of the derivative in question along its own number."""

        def claim(number: float) -> float:
            numbers = [*point.numbers[:index], number, *point.numbers[index + 1 :]]
            try:
                return self._claims(point.at(numbers))[index]
            except Exception:  # df need not know what to do at points that nobody asked for
                return math.nan

        return slope(claim, point.numbers[index])

    def of(self, point: Point) -> Callable[[Sequence[object]], object]:
        """Return f as a function of the numbers of a point."""
        return lambda numbers: self.f(*point.arguments(numbers))

    def graph(self, point: Point) -> tuple[list[Value], Value | None]:
        """Return the leaves and the root of the graph of f at a point, if it has one."""
        names = self.parameters.components(point)
        leaves = [Value(n, label=name) for n, name in zip(point.numbers, names, strict=True)]
        try:
            root = INLINED.run(self.f, *point.arguments(leaves))
        except (ArithmeticError, ValueError):
            root = None
        return leaves, root if isinstance(root, Value) else None

    def _judgement(
        self, point: Point, index: int, claimed: float, derivative: float, value: float
    ) -> Judgement:
        numbers = point.numbers
        found, is_precise = truth(self.of(point), numbers, index, derivative)
        self._to_verify -= VOUCHED // SURE if is_precise else 1
        true = abs(found.nearest(claimed))
        error = UNDERFLOW + (self.rtol * true if true < math.inf else 0.0)
        if not is_precise:
            error += roughness(lambda x: self._backward_along(point, index, x), numbers[index])
            error += grain(value, numbers[index])
        is_right = found.allows(claimed, error)
        if not is_right:
            precise = self._precise_claims(point) if self.df is not None else None
            in_floats = claimed
            if precise is not None:
                claimed = precise[index]
            else:
                leaves, root = self.graph(point)
                error += noise(root, leaves[index]) if root is not None else 0.0
                error += grain(value, numbers[index])
            is_right = found.allows(claimed, error) or error == math.inf
            if math.isnan(claimed) and found.remark and self.df is not None:
                is_right = True  # there is no derivative here, and the claim says so
            elif is_right and not math.isfinite(in_floats) and math.isfinite(claimed):
                self.overflows.append(point)
        low, high = sorted((found.left, found.right))
        between = (low, high) if found.is_kink else None
        return Judgement(claimed, found.nearest(claimed), is_right, is_precise, between)

    def _backward_along(self, point: Point, index: int, x: float) -> float:
        numbers = [*point.numbers[:index], x, *point.numbers[index + 1 :]]
        return by_backward(self.of(point), numbers)[1][index]

    # -- what df says --------------------------------------------------------------------------

    def _claims(self, point: Point) -> list[float]:
        """Return the results of df for floats, or in multiprecision if it refuses floats."""
        self.refusal = None
        try:
            return [plain(leaf, "the derivative") for leaf in self._leaves(point, point.numbers)]
        except AutogradError:
            raise
        except (ArithmeticError, ValueError) as error:
            self.refusal = error
            return [math.nan] * (self._known or point.structure.parts[0].count())
        except (TypeError, AttributeError):  # x.exp() is none of a float's methods
            precise = self._precise_claims(point)
            if precise is None:
                raise
            return precise

    def _precise_claims(self, point: Point) -> list[float] | None:
        """Return the results of df in multiprecision, if it takes that (math.cos does not).

        Where it gives a plain number all the same, this was no result of rounding.
        """
        if self._precise is None or self._precise[0] != point:
            try:
                found = values(lambda numbers: self._leaves(point, numbers), point.numbers)
            except Exception:  # what takes floats only says so in many ways
                self._precise = point, None
            else:
                self._precise = point, [*map(float, found)]
        return self._precise[1]

    def _leaves(self, point: Point, numbers: Sequence[object]) -> list[object]:
        """Return the components of what df gives, for the first argument or for all of them."""
        assert self.df is not None
        result = self.df(*point.arguments(numbers))
        if result is None:
            raise StructureError("df returned None: write return before its result")
        first, names = point.structure.parts[0], self.parameters.names
        if len(names) > 1 and isinstance(result, Mapping) and set(result) == set(names):
            result = tuple(result[name] for name in names)
        is_whole = isinstance(result, tuple) and len(result) == len(point.structure.parts) > 1
        leaves, structure = flatten(result, point.structure if is_whole else first)
        if len(leaves) not in (first.count(), point.structure.count()):
            raise StructureError(
                f"df returns {structure} where f takes {point.structure}: it must return what "
                f"grad(f) does, a number for each number of the first argument, or a tuple for all"
            )
        self._known = len(leaves)
        return leaves
