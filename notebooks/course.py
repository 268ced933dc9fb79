"""What the notebooks of the course share: charts that need nothing, and the checks of the exercises.

The answers are checked by ``autograd.testing``; the checks are here, and not in the notebooks, so
that nobody reads an answer by accident.
"""

import html
import math
import random
from collections.abc import Callable, Iterable, Sequence

import autograd
import nn
from autograd import Value

Points = Sequence[tuple[float, float]]

# -- charts ---------------------------------------------------------------------------------------

COLOURS = ("#3b82c4", "#d9722b", "#2f9e6a", "#a05fb8", "#c2474c", "#8a8275")
WIDE, HIGH = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 34, 42


def sampled(f: Callable[[float], float], low: float, high: float, count: int = 240) -> Points:
    """Return points (x, f(x)) at equal distances from low to high."""
    xs = [low + (high - low) * index / (count - 1) for index in range(count)]
    return [(x, autograd_number(f(x))) for x in xs]


def autograd_number(number) -> float:
    """Return the float of a number or of a Value."""
    return number.data if isinstance(number, Value) else float(number)


class Chart:
    """Curves and dots, drawn as SVG in the colours of the page around it."""

    def __init__(
        self,
        curves: dict[str, Points] | None = None,
        dots: dict[str, Points] | None = None,
        x: str = "",
        y: str = "",
        low: float | None = None,
        high: float | None = None,
        log: bool = False,
    ) -> None:
        self.series = [*(curves or {}).items()], [*(dots or {}).items()]
        self.x, self.y, self.log = x, y, log
        shown = [p for group in self.series for _, points in group for p in points if self._fits(p)]
        if not shown:
            raise ValueError("a chart needs at least one finite point")
        xs, ys = [p[0] for p in shown], [self._scaled(p[1]) for p in shown]
        self.across = _padded(min(xs), max(xs), 0.0)
        self.up = _padded(
            min(ys) if low is None else self._scaled(low),
            max(ys) if high is None else self._scaled(high),
            0.06 if low is None and high is None else 0.0,
        )

    def _fits(self, point: tuple[float, float]) -> bool:
        return all(map(math.isfinite, point)) and (not self.log or point[1] > 0)

    def _scaled(self, y: float) -> float:
        return math.log10(y) if self.log else y

    def _place(self, x: float, y: float) -> tuple[float, float]:
        (a, b), (c, d) = self.across, self.up
        across = LEFT + (x - a) / (b - a) * (WIDE - LEFT - RIGHT)
        return across, HIGH - BOTTOM - (y - c) / (d - c) * (HIGH - TOP - BOTTOM)

    def _line(self, points: Points) -> Iterable[list[str]]:
        piece: list[str] = []
        for point in points:
            if self._fits(point) and self.up[0] <= self._scaled(point[1]) <= self.up[1]:
                across, up = self._place(point[0], self._scaled(point[1]))
                piece.append(f"{across:.1f},{up:.1f}")
            elif piece:
                yield piece
                piece = []
        if piece:
            yield piece

    @property
    def svg(self) -> str:
        """The chart as SVG; text and axes take the colour of the text around it."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" role="img" '
            f'style="width:100%;max-width:{WIDE}px;height:auto" '
            'font-family="DejaVu Sans,Verdana,sans-serif" font-size="12" fill="currentColor">'
        ]
        for number in _ticks(*self.across):
            across, floor = self._place(number, self.up[0])
            parts.append(
                f'<path d="M{across:.1f} {floor}V{TOP}" stroke="currentColor" opacity=".12"/>'
            )
            parts.append(
                f'<text x="{across:.1f}" y="{floor + 16}" text-anchor="middle">{number:g}</text>'
            )
        for number in _ticks(*self.up):
            if self.log and number != int(number):
                continue
            wall, height = self._place(self.across[0], number)
            text = f"{10.0**number:.0e}".replace("e+00", "") if self.log else f"{number:g}"
            parts.append(
                f'<path d="M{wall} {height:.1f}H{WIDE - RIGHT}" stroke="currentColor" opacity=".12"/>'
            )
            parts.append(
                f'<text x="{wall - 7}" y="{height + 4:.1f}" text-anchor="end">{text}</text>'
            )
        middle = (LEFT + WIDE - RIGHT) / 2
        parts.append(
            f'<text x="{middle}" y="{HIGH - 8}" text-anchor="middle">{html.escape(self.x)}</text>'
        )
        parts.append(
            f'<text transform="translate(14 {(TOP + HIGH - BOTTOM) / 2})rotate(-90)" '
            f'text-anchor="middle">{html.escape(self.y)}</text>'
        )
        start = LEFT
        for index, (kind, name, points) in enumerate(
            [(0, *each) for each in self.series[0]] + [(1, *each) for each in self.series[1]]
        ):
            colour = COLOURS[index % len(COLOURS)]
            if kind == 0:
                parts += [
                    f'<polyline points="{" ".join(piece)}" fill="none" stroke="{colour}" '
                    'stroke-width="2" stroke-linejoin="round"/>'
                    for piece in self._line(points)
                ]
            else:
                for point in filter(self._fits, points):
                    across, up = self._place(point[0], self._scaled(point[1]))
                    parts.append(
                        f'<circle cx="{across:.1f}" cy="{up:.1f}" r="4" fill="{colour}" '
                        'fill-opacity=".8"/>'
                    )
            parts.append(f'<rect x="{start}" y="10" width="12" height="12" fill="{colour}"/>')
            parts.append(f'<text x="{start + 17}" y="20">{html.escape(name)}</text>')
            start += 34 + 7.4 * len(name)
        return "".join([*parts, "</svg>"])

    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        names = ", ".join(name for group in self.series for name, _ in group)
        return f"<chart of {names}>"


chart = Chart


def _padded(low: float, high: float, part: float) -> tuple[float, float]:
    span = (high - low) or 1.0
    return low - part * span, low + span + part * span


def _ticks(low: float, high: float) -> list[float]:
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]


# -- exercises ------------------------------------------------------------------------------------

passed: set[str] = set()  # exercises answered right so far


def check(exercise: str, answer: object) -> None:
    """Say whether the answer to an exercise is right, and if not, where it is wrong.

    Args:
        exercise: its number, "1.1".
        answer: a number or a function, as the exercise asks.
    """
    if _open(answer):
        print(f"Exercise {exercise} is waiting: put your answer in place of the three dots.")
        return
    try:
        remark = CHECKS[exercise](answer)
    except Exception as report:  # whatever goes wrong in an answer is told, and is no traceback
        passed.discard(exercise)
        kind = "" if isinstance(report, AssertionError) else f"{type(report).__name__}: "
        print(f"Exercise {exercise}: not yet.\n\n{kind}{report}")
    else:
        passed.add(exercise)
        print(f"Exercise {exercise}: right.{f' ({remark})' if remark else ''}")


def _open(answer: object) -> bool:
    """Return True if there are still three dots where the answer belongs."""
    if isinstance(answer, tuple | list):
        return any(map(_open, answer))
    code = getattr(answer, "__code__", None) or getattr(
        getattr(answer, "__init__", None), "__code__", None
    )
    return answer is ... or (code is not None and ... in code.co_consts)


def _equal(answer, right: float, hint: str, within: float = 1e-6) -> None:
    number = autograd_number(answer)
    assert math.isclose(number, right, rel_tol=within, abs_tol=within), f"{number:g}? {hint}"


def _derivative(f: Callable, domain=(-3.0, 3.0), **settings) -> Callable[[Callable], object]:
    def checked(answer: Callable) -> object:
        from autograd.testing import assert_derivative

        return assert_derivative(f, answer, domain=domain, **settings)

    return checked


def _values(rights: Sequence[float], hint: str) -> Callable[[Sequence], None]:
    def checked(answer: Sequence) -> None:
        assert len(answer) == len(rights), f"{len(rights)} numbers are asked for"
        for place, (number, right) in enumerate(zip(answer, rights, strict=True), 1):
            _equal(number, right, f"number {place} is not right. {hint}")

    return checked


# -- 1 --------------------------------------------------------------------------------------------


def _two_nudges(slope: Callable) -> str:
    for name, f, at in [
        ("x**2", lambda x: x * x, 3.0),
        ("sin(x)", math.sin, 0.5),
        ("exp(x)", math.exp, -1.0),
    ]:
        right = autograd.grad(lambda x, f=f: getattr(autograd, f.__name__, f)(x))(at)
        number = slope(f, at)
        assert math.isclose(number, right, rel_tol=1e-7), (
            f"the slope of {name} at {at:g} is {right:.9f}, and yours says {number:.9f}.\n"
            "Does the nudge go both ways? Is it neither too large nor too small?"
        )
    return "on three functions"


# -- 3 --------------------------------------------------------------------------------------------


class _Number:
    """A node of the forty-line engine, as far as the checks need one."""

    def __init__(self, data, links=()):
        self.data, self.links, self.grad = data, links, 0.0


def _tanh_of_nodes(tanh: Callable) -> str:
    for number in (-2.0, 0.0, 0.5):
        node = _Number(number)
        result = tanh(node)
        assert len(result.links) == 1, "tanh has one operand, so one link"
        assert result.links[0][0] is node, "the link leads to the operand itself"
        _equal(result.data, math.tanh(number), f"is not tanh({number:g})")
        right = autograd.grad(autograd.tanh)(number)
        _equal(result.links[0][1], right, f"is not the slope of tanh at {number:g}")
    return "against the library's tanh"


def _order(answer: tuple[Callable, type]) -> str:
    order, node = answer
    a = node(1.0)
    b = a + a
    c = b * a
    d = c + b
    found = order(d)
    assert len(found) == 4, f"there are 4 nodes, and the list has {len(found)}"
    assert found[-1] is d, "the root comes last"
    places = {id(each): place for place, each in enumerate(found)}
    for each in found:
        for operand, _ in each.links:
            assert places[id(operand)] < places[id(each)], "a node stands before its operand"
    chain = a
    for _ in range(2_500):
        chain = chain + a
    assert len(order(chain)) == 2_501, "a long chain is not complete"
    return "also on a chain of 2,500"


# -- 4 --------------------------------------------------------------------------------------------


def _softsign(softsign: Callable) -> object:
    from autograd.testing import assert_derivative

    result = softsign(Value(2.0))
    assert isinstance(result, Value), "softsign of a Value is a Value: use @autograd.primitive"
    _equal(result, 2 / 3, "is not softsign(2)")
    reference = autograd.grad(lambda x: x / (1 + abs(x)))
    return assert_derivative(softsign, reference, domain=(-4.0, 4.0))


# -- 5 and 6 --------------------------------------------------------------------------------------


def _of_two(answer: Callable) -> object:
    from autograd.testing import assert_derivative

    domain = {"x": (-3.0, 3.0), "y": (0.5, 3.0)}
    return assert_derivative(lambda x, y: x / y, lambda x, y: answer(x, y), domain=domain)


def _slopes_of_line(answer: Callable) -> object:
    from autograd.testing import assert_derivative

    for x, t in ((2.0, 1.0), (-0.5, 3.0)):
        checked = assert_derivative(
            lambda w, b, x=x, t=t: (w * x + b - t) ** 2,
            lambda w, b, x=x, t=t: answer(w, b, x, t),
            domain={"w": (-2.0, 2.0), "b": (-2.0, 2.0)},
        )
    return checked


def _momentum(answer: Callable) -> str:
    w, speed, right, ours = 1.0, 0.0, 1.0, 0.0
    for _ in range(3):
        w, speed = answer(w, speed, 2 * w, 0.1)
        ours = 0.9 * ours + 2 * right
        right = right - 0.1 * ours
        _equal(w, right, "w is not right after a step")
        _equal(speed, ours, "the speed is not right after a step")
    return "over three steps"


# -- 7 to 9 ---------------------------------------------------------------------------------------


def _hinge_slope(answer: Callable) -> str:
    for s in (-2.0, -0.3, 0.5, 3.0):
        for t in (-1.0, 1.0):
            right = autograd.grad(nn.hinge)(s, t)
            _equal(answer(s, t), right, f"is not the slope at score {s:g}, target {t:g}")
    return "at eight places"


def _own_network(model: nn.Module) -> str:
    X, y = nn.data.moons(1000, noise=0.25, seed=1002)
    right = nn.accuracy(nn.predict(model, X), y)
    assert right >= 0.87, f"{right:.1%} of the new points are right"
    return f"{right:.1%} of the new points"


def _newton(step: Callable) -> str:
    x = 1.0
    for _ in range(6):
        x = step(lambda x: x * x - 2.0, x)
    _equal(x, 2.0**0.5, "is where six steps for x*x - 2 end, and not the square root of 2", 1e-12)
    return "the square root of 2, to its last digits"


def _curvature(curvature: Callable) -> str:
    circle = lambda x: autograd.sqrt(25.0 - x * x)  # noqa: E731
    for x in (0.0, 1.0, 3.0):
        _equal(curvature(circle, x), 0.2, "is not the curvature of a circle of radius 5")
    return "on a circle"


# -- 10 to 12 -------------------------------------------------------------------------------------


def _rows(error: Callable) -> str:
    import numpy as np

    fast = autograd.jit(
        autograd.value_and_grad(error, argnums=(0, 1)), in_axes=(None, None, 0, 0), reduce="mean"
    )
    x = np.linspace(-1, 1, 20)
    w, b = 0.0, 0.0
    for _ in range(300):
        _, (by_w, by_b) = fast(w, b, x, 0.8 * x - 0.5)
        w, b = w - 0.3 * by_w, b - 0.3 * by_b
    _equal(w, 0.8, "is the w that training finds, and not 0.8")
    _equal(b, -0.5, "is the b that training finds, and not -0.5")
    return "the line is found"


def _one_way(answer: Callable) -> object:
    fast = autograd.jit(answer)
    for x in (-2.0, 3.0):
        _equal(fast(x), abs(x) + x, f"is not |x| + x at {x:g}")
    _equal(fast.ways, 1, "is how many ways it has: an if decides, where does not")
    return "compiled to one way"


def _surprise_slope(answer: Callable) -> object:
    for right in range(3):
        for scores in ([0.5, -1.0, 2.0], [0.0, 0.0, 0.0]):
            ours = autograd.grad(lambda s, right=right: autograd.logsumexp(s) - s[right])(scores)
            for place, (a, b) in enumerate(zip(answer(scores, right), ours, strict=True)):
                _equal(a, b, f"is not the slope by score {place} when {right} is right")
    return "on six cases"


def _mixture(answer: Callable) -> str:
    dice = random.Random(1)
    for _ in range(3):
        scores = [dice.gauss(0, 1) for _ in range(3)]
        values = [dice.gauss(0, 1) for _ in range(3)]
        powers = [math.exp(score) for score in scores]
        right = math.fsum(p * v for p, v in zip(powers, values, strict=True)) / math.fsum(powers)
        _equal(answer(scores, values), right, f"is not the mixture of {values}")
    return "three times"


def _slopes_at_2(answer: Callable) -> object:
    from autograd.testing import assert_derivative

    return assert_derivative(
        lambda b1, b2: b1 * (1.0 - autograd.exp(-b2 * 2.0)),
        lambda b1, b2: answer(b1, b2),
        domain={"b1": (-5.0, 5.0), "b2": (-1.0, 2.0)},
    )


def _gauss_newton(step: Callable) -> str:
    import numpy as np

    J = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.0]])
    r = np.array([1.0, -2.0, 0.5])
    change = np.asarray(step(J, r))
    assert change.shape == (2,), "a number for each parameter"
    assert np.allclose(J.T @ (r + J @ change), 0), (
        "the residuals r + J·step can still be made smaller"
    )
    return "nothing smaller in this direction"


CHECKS: dict[str, Callable[..., object]] = {
    "1.1": _two_nudges,
    "1.2": _derivative(lambda x: x**3 - 2 * x),
    "1.3": lambda answer: _equal(answer, -0.475, "0.1 times the slope, and against it"),
    "2.1": _values((-2, 4, 2), "Write y as a*a*b + a*c and take slopes term by term."),
    "2.2": _derivative(lambda x: autograd.sin(x**2)),
    "2.3": lambda answer: _equal(answer, 0.5**10, "Gears multiply."),
    "3.1": _tanh_of_nodes,
    "3.2": _order,
    "3.3": _values((8, 6), "Each doubling doubles the ways, and adds two links."),
    "4.1": _derivative(lambda x: autograd.log(1 + x**2)),
    "4.2": _softsign,
    "4.3": lambda answer: _equal(answer, 0.0, "Run it: abs(x).backward() at 0."),
    "5.1": _derivative(lambda x: x * autograd.exp(-(x**2))),
    "5.2": _of_two,
    "5.3": _derivative(autograd.sigmoid, domain=(-30.0, 30.0)),
    "6.1": _slopes_of_line,
    "6.2": _momentum,
    "6.3": lambda answer: _equal(answer, 2 / 18, "2 over the curvature"),
    "7.1": _hinge_slope,
    "7.2": _derivative(lambda w: 0.01 * w**2),
    "7.3": _own_network,
    "8.1": lambda answer: _equal(answer * 1e6, 0.25**10 * 1e6, "A sigmoid's slope is 1/4 at best."),
    "8.2": lambda answer: _values((2**0.5, 0.5), "Half of the units are off.")(
        (answer(1), answer(8))
    ),
    "8.3": lambda answer: _equal(answer(0.25), 1.25, "x itself has the slope 1"),
    "9.1": _newton,
    "9.2": _curvature,
    "9.3": _derivative(autograd.grad(lambda x: autograd.exp(-(x**2)))),
    "10.1": _rows,
    "10.2": _one_way,
    "11.1": _surprise_slope,
    "11.2": _mixture,
    "11.3": lambda answer: _equal(answer, math.exp(1.6), "log is undone by exp"),
    "12.1": _slopes_at_2,
    "12.2": _gauss_newton,
}
