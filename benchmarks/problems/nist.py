"""NIST's nonlinear regression sets: certified digits by our Jacobians and by differences.

    python benchmarks/problems/nist.py

Each set is fitted by SciPy's `least_squares` from both of NIST's starts, with our compiled
Jacobian, 2-point and 3-point differences; all else is equal. Digits are those of the worst
parameter that agree with the certified one (of which 11 are given).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from autograd import exp, grad, jit

DATA = Path(__file__).parent / "data" / "nist"


def boxbod(b, x):
    return b[0] * (1.0 - exp(-b[1] * x))


def eckerle4(b, x):
    return b[0] / b[1] * exp(-0.5 * ((x - b[2]) / b[1]) ** 2)


def mgh09(b, x):
    return b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3])


def mgh17(b, x):
    return b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4])


def rat43(b, x):
    return b[0] / (1.0 + exp(b[1] - b[2] * x)) ** (1.0 / b[3])


def thurber(b, x):
    above = b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3
    return above / (1.0 + b[4] * x + b[5] * x**2 + b[6] * x**3)


MODELS: dict[str, Callable] = {
    "BoxBOD": boxbod, "Eckerle4": eckerle4, "MGH09": mgh09,
    "MGH17": mgh17, "Rat43": rat43, "Thurber": thurber,
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One set: its starts, the certified parameters and residual sum of squares, and the data."""

    starts: tuple[np.ndarray, np.ndarray]
    certified: np.ndarray
    sum_of_squares: float
    y: np.ndarray
    x: np.ndarray


def read(name: str) -> Problem:
    """Read a set from its file."""
    lines = (DATA / f"{name}.csv").read_text().splitlines()[1:]
    rows = [np.array([float(number) for number in line.split(",")]) for line in lines]
    data = np.array(rows[4:])
    return Problem((rows[0], rows[1]), rows[2], float(rows[3][0]), data[:, 0], data[:, 1])


def digits(found: np.ndarray, certified: np.ndarray) -> float:
    """Digits of the worst parameter that agree with the certified one, 11 at most."""
    error = float(np.max(np.abs(found - certified) / np.abs(certified)))
    return max(0.0, min(11.0, -math.log10(error))) if 0 < error < math.inf else 11.0 * (error == 0)


def by_differences(residuals: Callable, b: np.ndarray, way: str) -> np.ndarray:
    """The Jacobian by 2-point or 3-point differences, with the usual relative steps."""
    epsilon = np.finfo(float).eps
    steps = (epsilon ** (1 / 2) if way == "2-point" else epsilon ** (1 / 3)) * np.abs(b)
    columns = []
    for place, step in enumerate(steps):
        above, below = b.copy(), b.copy()
        above[place] += step
        below[place] -= step if way == "3-point" else 0.0
        columns.append((residuals(above) - residuals(below)) / (above[place] - below[place]))
    return np.stack(columns, axis=1)


def fit(name: str, start: np.ndarray, way: str, problem: Problem) -> tuple[float, float, int]:
    """Digits after `least_squares`, digits after Gauss-Newton steps from there, calls of the model.

    `way` is "autograd", "2-point" or "3-point". `least_squares` stops where the sum of squares no
    longer changes, which is at half of the digits whatever the Jacobian; the steps that follow see
    the Jacobian alone.
    """
    model = MODELS[name]
    values = jit(model, in_axes=(None, 0))  # a number for each row of data
    slopes = jit(grad(model), in_axes=(None, 0))  # its gradient by the parameters

    def residuals(b):
        return values(b, problem.x) - problem.y

    def jacobian(b):
        return slopes(b, problem.x)

    def differences(b):
        return by_differences(residuals, b, way)

    ours = way == "autograd"
    found = least_squares(
        residuals, start, jac=jacobian if ours else way, x_scale="jac",
        xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=20_000,
    )  # fmt: skip
    b = found.x
    for _ in range(20):
        matrix = (jacobian if ours else differences)(b)
        b = b - np.linalg.lstsq(matrix, residuals(b), rcond=None)[0]
    return digits(found.x, problem.certified), digits(b, problem.certified), found.nfev


WAYS = ("autograd", "3-point", "2-point")


def table() -> list[str]:
    """The rows of the table, as Markdown."""
    lines = ["| set | start | parameters | " + " | ".join(WAYS) + " |",
             "| --- | --- | --- |" + " --- |" * len(WAYS)]  # fmt: skip
    for name in MODELS:
        problem = read(name)
        for number, start in enumerate(problem.starts, 1):
            cells = []
            for way in WAYS:
                with np.errstate(all="ignore"):
                    fitted, stepped, calls = fit(name, start, way, problem)
                cells.append(f"{fitted:.1f}, then **{stepped:.1f}** ({calls} calls)")
            lines.append(f"| {name} | {number} | {len(start)} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    print("\n".join(table()))
