"""What grad(f) and its kin give on numbers of many digits: by differences of f, of more digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from autograd.errors import NotExpressibleError
from autograd.testing.multiprecision import Precise, context, number_of
from autograd.transforms.call import Argnums, Call, positions_of
from autograd.trees import flatten, unflatten

__tracebackhide__ = True  # from reports of pytest

Numbers: TypeAlias = list[Any]  # of many digits, or those of mpmath that they hold
Pair: TypeAlias = tuple[Any, Any]  # of slopes to the left and to the right
MOST_DIGITS = 2300  # in bits, of a result; a third derivative would take seconds
FINEST = 1500  # of the steps, as a power of two: none may vanish next to 0
FINER = 30  # by how much the second step is finer


class CallOfDigits(Call):
    """A call of a function on numbers of many digits, and its derivatives.

    They are those of the mathematics, and so that of f must be: at a kink or a jump, and where f
    stops derivatives, it is not known, which is an error.

    Args:
        name: the transform that makes the call.
        f: the function.
        argnums: which of the arguments it is differentiated with respect to.
        args: the arguments, some numbers of which have many digits.
        named: those that are given by name.
        has_aux: whether f returns a pair.
    """

    leaves: Any  # numbers of many digits

    def __init__(
        self,
        name: str,
        f: Callable[..., object],
        argnums: Argnums,
        args: tuple[object, ...],
        named: dict[str, object],
        has_aux: bool = False,
    ) -> None:
        self._begin(name, [], [], 0)
        self.single, self.has_aux = isinstance(argnums, int), has_aux
        self._f, self._args, self._named = f, args, named
        self._positions = positions_of(name, argnums, len(args), named)
        for position in self._positions:
            numbers, structure = flatten(args[position])
            self.leaves += [n if isinstance(n, Precise) else Precise(n) for n in numbers]
            self.structures.append(structure)
        self.aux: object = None
        self.outputs, self.output_structure = flatten(self._result(self.leaves))

    def _result(self, numbers: Numbers) -> object:
        supply, arguments = iter(numbers), list(self._args)
        for position, structure in zip(self._positions, self.structures, strict=True):
            own = [next(supply) for _ in range(structure.count())]
            arguments[position] = unflatten(structure, own)
        context().derivatives += 1
        try:
            result: Any = self._f(*arguments, **self._named)
        finally:
            context().derivatives -= 1
        if self.has_aux:
            result, aux = result
            self.aux = aux if self.aux is None else self.aux  # not that of a point next to it
        return result

    def _numbers(self, numbers: Numbers) -> Numbers:
        return [*map(number_of, flatten(self._result(numbers))[0])]

    def _column(self, place: int) -> Numbers:
        """Return the derivatives of all outputs by one of the leaves."""
        arithmetic = context()
        digits, number = arithmetic.prec, self.leaves[place].number
        if digits > MOST_DIGITS:  # of a derivative of high order that is asked for more and more
            raise NotExpressibleError(f"{self.name} would take too many digits")
        scale = min(arithmetic.mag(number), 0) if number != 0 else 0
        with arithmetic.workprec(3 * digits + 2 * FINER):
            here = self._numbers(self.leaves)

            def differences(step: object) -> Numbers:
                moved = [*self.leaves]
                moved[place] = Precise(number + step)
                there = self._numbers(moved)
                return [(b - a) / step for a, b in zip(here, there, strict=True)]

            def sides(power: int) -> list[Pair]:
                step = arithmetic.ldexp(1, scale - power)
                # Of one size, both sides of a jump would look alike.
                return [*zip(differences(-step), differences(arithmetic.e * step), strict=True)]

            power = min(digits, FINEST)
            coarse, fine = sides(power), sides(power + FINER)
            for value, (left, right), (below, above) in zip(here, coarse, fine, strict=True):
                noise = arithmetic.ldexp(abs(value), -2 * digits - scale)
                if not abs(above - below) <= max(abs(right - left) / 2**20, noise):
                    raise NotExpressibleError(f"{self.name} at a kink is known for floats only")
            # What is smaller than the error is not told from 0.
            slopes = [(below + above) / 2 for below, above in fine]
            errors = [abs(above - below) for below, above in fine]
            return [Precise(s if abs(s) > e else 0) for s, e in zip(slopes, errors, strict=True)]

    @classmethod
    def of_digits(cls, *call: Any) -> Call | None:
        """Return the call, where one of its arguments holds a number of many digits."""
        args = call[3]
        return cls(*call) if any(isinstance(leaf, Precise) for leaf in flatten(args)[0]) else None

    # -- what the transforms ask for -------------------------------------------------------------

    def pushed_apart(self) -> list[Numbers]:
        """Return for every output its derivative by each leaf."""
        columns = [self._column(place) for place in range(len(self.leaves))]
        return [list(row) for row in zip(*columns, strict=True)]

    def pulled(self, output: object, seed: object = 1.0) -> Numbers:
        """Return d(output)/d(leaf) x seed for every leaf."""
        index = next(place for place, each in enumerate(self.outputs) if each is output)
        return [slope * seed for slope in self.pushed_apart()[index]]

    def pulled_together(self, seeds: Numbers) -> Numbers:
        """Return the sum of d(output)/d(leaf) x seed over all outputs, for every leaf."""
        columns = zip(*self.pushed_apart(), strict=True)
        return [_dot([*column], seeds) for column in columns]

    def pushed(self, directions: Numbers) -> Numbers:
        """Return the derivative of every output along the directions."""
        return [_dot(row, directions) for row in self.pushed_apart()]

    def lowered(self, numbers: Numbers) -> Numbers:
        """Return the numbers: none is a Value."""
        return numbers

    def lowered_aux(self) -> object:
        """Return what the function returned beside its result."""
        return self.aux


def _dot(row: Numbers, factors: Numbers) -> Precise:
    total = Precise(0)
    for slope, factor in zip(row, factors, strict=True):
        total = total + slope * factor
    return total
