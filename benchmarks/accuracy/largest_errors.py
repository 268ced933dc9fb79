"""Measure the largest errors of every function, ours beside SciPy's and PyTorch's.

The referee is mpmath, for the arguments as the doubles they are. Values and first derivatives are
given in units in the last place of the true result (ulp), second derivatives relative to it; next
to a zero the largest term of the sum counts instead of the result (TERMS). Results below 1e-290
are left out, since their factors may be below the smallest normal number.

    python benchmarks/accuracy/largest_errors.py                 # the table, some minutes
    python benchmarks/accuracy/largest_errors.py --points 500 erf gelu
    python benchmarks/accuracy/largest_errors.py --write         # into autograd/CONVENTIONS.md

Needs the extras jit and testing, scipy and torch.
"""

import argparse
import math
import random
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
import scipy
import torch
from mpmath import mp
from scipy import special as sp

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from table_referees import HIGHER, TERMS, partials_of, value_of  # noqa: E402

from autograd import grad, jit  # noqa: E402
from autograd.table.operation import TABLE  # noqa: E402

SMALLEST = 1e-290
ORDERS = (1.0, 2.0, 3.0, 5.0, 20.0)  # of polygamma
EXACT = set(  # rounded once, or not at all: nothing to measure
    "abs sign floor ceil round maximum minimum clip relu where stop_gradient fmod copysign".split()
)

SCIPY = {
    "cbrt": sp.cbrt,
    "digamma": sp.psi,
    "erf": sp.erf,
    "erfc": sp.erfc,
    "exp2": sp.exp2,
    "expm1": sp.expm1,
    "lgamma": sp.gammaln,
    "log1p": sp.log1p,
    "polygamma": sp.polygamma,
    "sigmoid": sp.expit,
    "softplus": sp.softplus,
}
functional = torch.nn.functional
TORCH = {
    "elu": lambda x, alpha: torch.where(x > 0, x, alpha * torch.expm1(x)),
    "gelu": functional.gelu,
    "leaky_relu": lambda x, slope: torch.where(x > 0, x, slope * x),
    "polygamma": lambda n, x: torch.polygamma(int(n[0]), x),
    "power": torch.pow,
    "silu": functional.silu,
    "softplus": lambda x: functional.softplus(x, threshold=1000.0),
}


def number(rng, low, high):
    """Return a number of the domain: usual, huge, tiny, next to a small whole number or to 1."""
    while True:
        kind = rng.randrange(8)
        if kind < 3:
            x = rng.uniform(max(low, -8.0), min(high, 8.0))
        elif kind == 3:
            x = rng.choice((-1, 1)) * 10.0 ** rng.uniform(-300, 300)
        elif kind == 4:
            x = rng.choice((-1, 1)) * 10.0 ** rng.uniform(-8, 4)
        elif kind == 5:
            x = rng.uniform(-750.0, 750.0)
        elif kind == 6:
            x = rng.choice((-1, 1)) * (1.0 - 10.0 ** rng.uniform(-16, -1))
        else:
            x = rng.randrange(-12, 13) / 2 + rng.choice((-1, 1)) * 10.0 ** rng.uniform(-16, -1)
        if low <= x <= high:
            return x


def points_of(row, count):
    rng = random.Random(row.name)
    points = []
    while len(points) < count:
        # mpmath takes as many steps as a negative argument of psi is large
        least = -1000.0 if "gamma" in row.name else -math.inf
        point = [number(rng, max(low, least), high) for low, high in row.domain]
        if row.arity == 2 and rng.random() < 0.3:  # alike, so that neither operand is negligible
            point[1] = point[0] * rng.uniform(0.3, 3.0)
        if row.name == "polygamma":
            point[0] = rng.choice(ORDERS)
        if row.name == "power" and not 1e-300 < abs(point[1] * math.log(point[0] or 1.0)) < 700.0:
            point[1] = rng.uniform(-700.0, 700.0) / (math.log(point[0] or 0.5) or 1.0)
        points.append(tuple(point))
    return points


def truth(row, point, along):
    """Return a value or derivative as mpmath's number, or None where it is not a real one."""
    if "gamma" in row.name:  # mpmath knows the derivatives of all orders
        if point[-1] <= 0.0 and point[-1] == round(point[-1]):
            return None
        with mp.workprec(300):
            if not along and row.name != "lgamma":
                return +value_of(row)(*map(mp.mpf, point))
            if not along:
                return +mp.re(mp.loggamma(mp.mpf(point[-1])))
            return +HIGHER[row.name](along, *map(mp.mpf, point))
    sizes = [abs(math.frexp(x)[1]) for x in point]
    step_bits = 150
    with mp.workprec(1600 + 2 * max(sizes) + (2 * step_bits if len(along) == 2 else 0)):
        numbers = [mp.mpf(x) for x in point]
        function = value_of(row) if not along else partials_of(row)[along[0]]
        try:
            if len(along) < 2:
                result = function(*numbers)
            else:
                place = along[1]
                step = mp.ldexp(min(abs(numbers[place]), mp.one), -step_bits)
                ends = []
                for sign in (1, -1):
                    moved = list(numbers)
                    moved[place] += sign * step
                    ends.append(function(*moved))
                result = (ends[0] - ends[1]) / (2 * step)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        if not mp.isfinite(result) or mp.im(result) != 0:
            return None
        return +mp.re(result)


class Truths:
    """True numbers at the points of a function, and the largest error of somebody's numbers."""

    def __init__(self, row, points, along):
        self.is_relative = len(along) == 2
        self.known = []
        for place, point in enumerate(points):
            true = truth(row, point, along)
            if true is None or not SMALLEST < abs(true) < 1.79e308:
                continue
            scale = abs(true)
            term = TERMS.get((row.name, len(along)))
            if term is not None:
                scale = max(scale, term(*map(mp.mpf, point)))
            unit = scale if self.is_relative else mp.mpf(math.ulp(float(scale)))
            self.known.append((place, true, unit))

    def worst(self, numbers):
        largest, where = 0.0, -1
        for place, true, unit in self.known:
            got = float(numbers[place])
            error = float(abs(mp.mpf(got) - true) / unit) if math.isfinite(got) else math.inf
            if error > largest:
                largest, where = error, place
        return largest, where


def by_torch(row, points, along):
    """Return PyTorch's numbers, or None where it has no such function."""
    function = TORCH.get(row.name) or getattr(torch, row.name, None)
    if function is None:
        return None
    operands = [
        torch.tensor([point[place] for point in points], dtype=torch.float64)
        for place in range(row.arity)
    ]
    for place in along:
        operands[place].requires_grad_(True)
    result = function(*operands)
    for place in along:
        (result,) = torch.autograd.grad(result.sum(), operands[place], create_graph=True)
    return result.detach().tolist()


def derived(function, along):
    for place in along:
        function = grad(function, argnums=place)
    return function


def mapped(row, points, along, **options):
    """Return what compiled code gives for all points, or for those of each order of polygamma."""
    columns = np.array(points, dtype=np.float64)
    if row.name != "polygamma":
        return jit(derived(row, along), in_axes=0, **options)(*columns.T.copy()).tolist()
    numbers = np.empty(len(points))
    for order in set(columns[:, 0]):
        rows = columns[:, 0] == order
        one = derived(lambda x, n=order: row(n, x), (0,) * len(along))
        function = jit(one, in_axes=0, **options)
        numbers[rows] = function(columns[rows, 1].copy())
    return numbers.tolist()


def bits(number):
    return b"nan" if number != number else struct.pack("<d", number + 0.0)


def measured(row, count):
    """Return the line of the table: the largest errors over all operands of each order."""
    points = points_of(row, count)
    operands = [place for place in range(row.arity) if row.name != "polygamma" or place]
    line = {"name": row.name}
    for order in (0, 1, 2):
        cases = [()] if not order else [(i,) for i in operands]
        if order == 2:
            cases = [(i, j) for i in operands for j in operands if i <= j]
        for along in cases:
            truths = Truths(row, points, along)
            if not truths.known:
                continue
            ours = [derived(row, along)(*point) for point in points]
            compiled = mapped(row, points, along)
            pairs = zip(points, ours, compiled, strict=True)
            differ = [point for point, a, b in pairs if bits(a) != bits(b)]
            if differ:
                print(f"{row.name} by {along}: compiled bits differ at {differ[:3]}", flush=True)
            found = {"ours": ours, "fast": mapped(row, points, along, exact=False)}
            found["torch"] = by_torch(row, points, along)
            if not order and row.name in SCIPY:
                found["scipy"] = SCIPY[row.name](*np.array(points).T).tolist()
            for who, numbers in found.items():
                if numbers is None:
                    continue
                worst, place = truths.worst(numbers)
                if worst >= line.get((who, order), (0.0, None))[0]:
                    line[who, order] = worst, points[place]
    return line


def shown(cell):
    if cell is None:
        return ""
    worst = cell[0]
    if math.isinf(worst):
        return "inf"
    return f"{worst:.2f}" if 0.005 <= worst < 1000 else f"{worst:.0e}" if worst else "0"


COLUMNS = [
    *(("ours", 0), ("scipy", 0), ("torch", 0), ("fast", 0)),
    *(("ours", 1), ("torch", 1), ("fast", 1), ("ours", 2), ("torch", 2)),
]
HEADER = (
    "| function | value, ulp: ours | SciPy | PyTorch | `exact=False` | "
    "first derivative, ulp: ours | PyTorch | `exact=False` | second, relative: ours | PyTorch |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--write", action="store_true", help="put the table into CONVENTIONS.md")
    parser.add_argument("--where", action="store_true", help="also print the worst points")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = [row for row in TABLE.values() if row.public and partials_of(row)]
    rows = [row for row in rows if row.form != "infix" and row.name not in EXACT]
    print(HEADER)
    lines = []
    for row in rows:
        if arguments.names and row.name not in arguments.names:
            continue
        line = measured(row, arguments.points)
        lines.append(f"| `{row.name}` | " + " | ".join(shown(line.get(c)) for c in COLUMNS) + " |")
        print(lines[-1], flush=True)
        if arguments.where:
            for column in COLUMNS:
                print("   ", column, line.get(column))
    if arguments.write and not arguments.names:
        path = ROOT / "autograd" / "CONVENTIONS.md"
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition("<!-- largest errors -->\n")
        _, _, after = rest.partition("<!-- end -->")
        table = "\n".join([HEADER, *lines])
        path.write_text(f"{before}<!-- largest errors -->\n{table}\n<!-- end -->{after}", "utf-8")
    print(f"\nSciPy {scipy.__version__}, PyTorch {torch.__version__}, {arguments.points} points")


if __name__ == "__main__":
    main()
