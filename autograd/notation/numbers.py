"""How numbers are shown: rounded to some digits, and constants as they were written."""

from __future__ import annotations

import functools
import math
import re
from numbers import Integral

from autograd.errors import ArgumentError
from autograd.notation.formula import Application, Constant, Formula, Name, evaluated
from autograd.table import rows as ops
from autograd.wording import brief

USUAL_DIGITS = 4
MOST_DIGITS = 17  # they tell any two floats apart
WRITTEN = 10  # digits of a number that a person may have written
LARGEST_WHOLE = 1e6  # from here on a whole number is written with a power of ten
DENOMINATORS = (3, 6, 7, 9, 11, 12)  # of fractions that have no end in decimals
LARGEST_NUMERATOR = 100


def digits(number: float, precision: int = USUAL_DIGITS) -> str:
    """Return a number as a person writes it: 2 for 2.0, 0.1235, 1.5e-07, inf, nan."""
    if number - number != 0.0:
        return str(number)
    if abs(number) < LARGEST_WHOLE and number.is_integer():
        return str(int(number))
    return re.sub(r"e([+-])0*(\d)", r"e\1\2", f"{number:.{precision}g}").replace("e+", "e")


def constant(number: float, precision: int = USUAL_DIGITS, most: int = WRITTEN) -> str:
    """Return a number in full where that takes few digits, else rounded.

    Args:
        number: the number.
        precision: how many digits to round it to where there are too many.
        most: how many digits are few.
    """
    for each in range(precision, most + 1):
        if float(written := digits(number, each)) == number:
            return written
    return digits(number, precision)


def checked_digits(reader: str, given: object) -> int:
    """Return how many digits a reader of graphs is to show.

    Raises:
        TypeError: there cannot be so many.
    """
    whole = int(given) if isinstance(given, Integral) and not isinstance(given, bool) else 0
    if 1 <= whole <= MOST_DIGITS:
        return whole
    if hasattr(given, "backward"):
        raise ArgumentError(
            f"{reader}: one graph is read at a time, and was followed by another Value: "
            f"derivation(y, x) and explain(y, x) are about the derivative of one y by one x"
        )
    raise ArgumentError(
        f"{reader}: digits is how many digits of numbers are shown, a whole number from 1 to "
        f"{MOST_DIGITS}, and was {brief(given)}: write digits=12"
    )


@functools.cache
def _known() -> dict[float, Formula]:
    pi = Name("pi", math.pi)

    def root(part: Formula) -> Formula:
        return Application(ops.sqrt, (part,))

    two = Constant(2.0)
    whole = [Constant(float(number)) for number in range(2, 11)]
    known: list[Formula] = [
        *(pi, 2.0 * pi, pi / 2.0, pi / 3.0, pi / 4.0, pi / 6.0, pi / 180.0, 180.0 / pi),
        *(Application(ops.log, (each,)) for each in whole),
        *(root(each) for each in (*whole, pi, 2.0 * pi, 2.0 / pi)),
        *(1.0 / root(two), 2.0 / root(pi), 1.0 / root(2.0 * pi)),
        Name("e", math.e),
    ]
    numbers = {evaluated(each): each for each in known}
    return {number: each for number, each in numbers.items() if not number.is_integer()}


@functools.lru_cache(4096)
def expression(number: float) -> Formula | None:
    """Return what a constant was computed from, if it is a known one: 2 * pi, log(10), 1 / 3.

    None is returned for one that is shown in full.
    """
    size = abs(number)
    whole = _known().get(size)
    if whole is None and 0.0 < size < LARGEST_NUMERATOR and float(constant(size)) != size:
        for below in DENOMINATORS:
            above = round(size * below)
            is_reduced = math.gcd(above, below) == 1  # 6 and an ulp is not 18 / 3
            if is_reduced and abs(above / below - size) <= math.ulp(size):
                whole = Constant(float(above)) / Constant(float(below))
                break
    if whole is None or number > 0.0:
        return whole
    return Application(ops.negative, (whole,))
