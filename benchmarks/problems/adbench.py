"""ADBench's four objectives: Gaussian mixture, bundle adjustment, LSTM, hand tracking.

    python benchmarks/problems/adbench.py                 data made from a seed, in ADBench's forms
    python benchmarks/problems/adbench.py --data FOLDER   the folder `data` of microsoft/ADBench

Objectives as described in Srajer, Kukelova, Fitzgibbon, "A benchmark of selected algorithmic
differentiation tools on some problems in computer vision and machine learning" (2018). Ours is
scalar Python; JAX (jit) and PyTorch (torch.func, eager), where installed, get array code. All in
float64. Every derivative is compared before it is timed.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import adbench_data
import numpy as np

import autograd as ag
from autograd import cos, dot, exp, jacobian, jit, log, logsumexp, sigmoid, sin, sqrt, tanh
from autograd import value_and_grad as ours_value_and_grad

# ------------------------------------------------------------------------- ours: scalar Python


def mixture_point(alphas, means, factors, x):
    """The logarithm of a mixture's density at one point, but for what all points share."""
    size = len(x)
    terms = []
    for alpha, mean, factor in zip(alphas, means, factors, strict=True):
        away = [x[i] - mean[i] for i in range(size)]
        rows = [[exp(factor[i]) * away[i]] for i in range(size)]
        place = size
        for column in range(size):
            for line in range(column + 1, size):
                rows[line].append(factor[place] * away[column])
                place += 1
        squares = [ag.sum(row) ** 2 for row in rows]
        terms.append(alpha + ag.sum(list(factor[:size])) - 0.5 * ag.sum(squares))
    return logsumexp(terms)


def mixture_rest(alphas, factors, count, size, gamma, degrees):
    """What all points share: the mixture's normalisation and the Wishart prior."""
    freedom = size + degrees + 1
    scale = freedom * size * math.log(gamma / math.sqrt(2.0))
    constant = scale - multivariate_lgamma(0.5 * freedom, size)
    prior = [
        0.5 * gamma**2 * (ag.sum([exp(2.0 * q) for q in factor[:size]])
                          + ag.sum([c**2 for c in factor[size:]]))
        - degrees * ag.sum(list(factor[:size])) - constant
        for factor in factors
    ]  # fmt: skip
    likelihood = -0.5 * count * size * math.log(2.0 * math.pi) - count * logsumexp(list(alphas))
    return likelihood + ag.sum(prior)


def multivariate_lgamma(a: float, size: int) -> float:
    """The logarithm of the multivariate gamma function."""
    parts = [math.lgamma(a + (1 - j) / 2) for j in range(1, size + 1)]
    return size * (size - 1) / 4 * math.log(math.pi) + sum(parts)


def reprojection(camera, point, weight, feature):
    """Two residuals of an observation: rotation, centre, focal length, middle, distortion."""
    rotation, centre = camera[:3], camera[3:6]
    focal, middle, radial = camera[6], camera[7:9], camera[9:11]
    angle = sqrt(rotation[0] ** 2 + rotation[1] ** 2 + rotation[2] ** 2)
    axis = [r / angle for r in rotation]
    away = [point[i] - centre[i] for i in range(3)]
    crossed = [axis[(i + 1) % 3] * away[(i + 2) % 3] - axis[(i + 2) % 3] * away[(i + 1) % 3]
               for i in range(3)]  # fmt: skip
    along = (axis[0] * away[0] + axis[1] * away[1] + axis[2] * away[2]) * (1.0 - cos(angle))
    turned = [away[i] * cos(angle) + crossed[i] * sin(angle) + axis[i] * along for i in range(3)]
    flat = [turned[0] / turned[2], turned[1] / turned[2]]
    square = flat[0] ** 2 + flat[1] ** 2
    stretch = 1.0 + radial[0] * square + radial[1] * square**2
    return [weight * (flat[i] * stretch * focal + middle[i] - feature[i]) for i in range(2)]


def recurrent_loss(main, extra, state, text):
    """The mean loss of predicting each letter of a text from those before it."""
    size = len(text[0])
    state = [list(row) for row in state]
    losses = []
    for letter, following in zip(text[:-1], text[1:], strict=True):
        signal = [letter[i] * extra[0][i] for i in range(size)]
        for layer in range(0, len(main), 2):
            weight, bias, hidden, cell = (
                main[layer],
                main[layer + 1],
                state[layer],
                state[layer + 1],
            )
            gates = [
                [part[i] * weight[g * size + i] + bias[g * size + i] for i in range(size)]
                for g, part in enumerate((signal, hidden, signal, hidden))
            ]
            cell = [
                cell[i] * sigmoid(gates[0][i]) + sigmoid(gates[1][i]) * tanh(gates[3][i])
                for i in range(size)
            ]
            signal = [sigmoid(gates[2][i]) * tanh(cell[i]) for i in range(size)]
            state[layer], state[layer + 1] = signal, cell
        guess = [signal[i] * extra[1][i] + extra[2][i] for i in range(size)]
        # the 2 stands in ADBench's own objective
        norm = log(2.0 + ag.sum([exp(g) for g in guess]))
        losses.append(ag.sum([following[i] * (guess[i] - norm) for i in range(size)]))
    return -ag.sum(losses) / (size * len(losses))


def product(a, b):
    """The product of two rigid transforms, as three rows of four numbers."""
    return [
        [
            a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j] + (a[i][3] if j == 3 else 0.0)
            for j in range(4)
        ]
        for i in range(3)
    ]


def turn(x, z):
    """A rotation by x about the first axis, then by z about the third."""
    cx, sx, cz, sz = cos(x), sin(x), cos(z), sin(z)
    return [[cz, -sz * cx, sz * sx, 0.0], [sz, cz * cx, -cz * sx, 0.0], [0.0 * cx, sx, cx, 0.0]]


def axis_angle(v):
    """The rotation by the length of a vector about it."""
    angle = sqrt(v[0] ** 2 + v[1] ** 2 + v[2] ** 2)
    x, y, z = (c / angle for c in v)
    s, c = sin(angle), cos(angle)
    k = 1.0 - c
    return [
        [x * x * k + c, x * y * k - z * s, x * z * k + y * s],
        [x * y * k + z * s, y * y * k + c, y * z * k - x * s],
        [x * z * k - y * s, z * y * k + x * s, z * z * k + c],
    ]


def hand_residual(model):
    """The residual of one point of a hand: its vertex follows the bones, posed by 26 numbers."""

    def residual(theta, vertex, weights, point):
        bends = {2 + 4 * finger + joint: (theta[6 + 4 * finger + (joint and joint + 1)],
                                          theta[7 + 4 * finger] if joint == 0 else None)
                 for finger in range(5) for joint in range(3)}  # fmt: skip
        absolutes = []
        for bone, parent in enumerate(model.parents):
            relative = model.relatives[bone]
            if bone in bends:
                x, z = bends[bone]
                relative = product(relative, turn(x, 0.0 if z is None else z))
            absolutes.append(product(absolutes[parent], relative) if parent >= 0 else relative)
        mixed = [0.0, 0.0, 0.0]
        for bone, absolute in enumerate(absolutes):
            total = product(absolute, model.inverses[bone])
            for i in range(3):
                moved = dot(total[i][:3], list(vertex)) + total[i][3]
                mixed[i] = mixed[i] + weights[bone] * moved
        rotation = axis_angle(theta[:3])
        return [point[i] - (dot(rotation[i], mixed) + theta[3 + i]) for i in range(3)]

    return residual


def ours(problem: str, given) -> Callable[[], object]:
    """A call that gives the derivatives, on our engine."""
    if problem == "mixture":
        alphas, means, factors, x, gamma, degrees = given
        points = jit(
            ours_value_and_grad(mixture_point, (0, 1, 2)),
            in_axes=(None, None, None, 0), reduce="sum",
        )  # fmt: skip
        rest = jit(ours_value_and_grad(
            lambda a, f: mixture_rest(a, f, len(x), x.shape[1], gamma, degrees), (0, 1)
        ))  # fmt: skip

        def call():
            value, (by_alphas, by_means, by_factors) = points(alphas, means, factors, x)
            more, (also_alphas, also_factors) = rest(alphas, factors)
            return value + more, by_alphas + also_alphas, by_means, by_factors + also_factors

        return call
    if problem == "adjustment":
        step = jit(jacobian(reprojection, (0, 1, 2)), in_axes=(0, 0, 0, 0))
        return lambda: [np.stack(part, 1) for part in zip(*step(*given), strict=True)]
    if problem == "recurrent":
        step = jit(ours_value_and_grad(recurrent_loss, (0, 1)))
        return lambda: flattened(step(*given))
    theta, model, vertices, weights, points = given
    step = jit(jacobian(hand_residual(model)), in_axes=(None, 0, 0, 0))
    return lambda: [np.stack(step(theta, vertices, weights, points), 1)]


# -------------------------------------------------------------------- theirs: code on arrays


def array_objectives(np_like, scan, lower):
    """The four objectives on arrays, for a library that speaks NumPy."""
    m = np_like

    def stable(x):
        top = m.amax(x, -1)
        return top + m.log(m.sum(m.exp(x - top[..., None]), -1))

    def mixture(alphas, means, factors, x, gamma, degrees):
        size, count = x.shape[1], x.shape[0]
        freedom = size + degrees + 1
        diagonal, below = factors[:, :size], factors[:, size:]
        away = x[:, None, :] - means
        turned = m.exp(diagonal) * away + m.einsum("kij,nkj->nki", lower(below, size), away)
        terms = alphas + m.sum(diagonal, -1) - 0.5 * m.sum(turned**2, -1)
        scale = freedom * size * math.log(gamma / math.sqrt(2.0))
        constant = scale - multivariate_lgamma(0.5 * freedom, size)
        squares = m.sum(m.exp(diagonal) ** 2, -1) + m.sum(below**2, -1)
        prior = m.sum(0.5 * gamma**2 * squares - degrees * m.sum(diagonal, -1))
        likelihood = m.sum(stable(terms)) - count * stable(alphas)
        whole = -0.5 * count * size * math.log(2 * math.pi) - len(alphas) * constant
        return whole + likelihood + prior

    def adjustment(camera, point, weight, feature):
        rotation, away = camera[:3], point - camera[3:6]
        angle = m.sqrt(m.sum(rotation**2))
        axis = rotation / angle
        crossed = m.stack([axis[1] * away[2] - axis[2] * away[1],
                           axis[2] * away[0] - axis[0] * away[2],
                           axis[0] * away[1] - axis[1] * away[0]])  # fmt: skip
        along = m.sum(axis * away) * (1.0 - m.cos(angle))
        turned = away * m.cos(angle) + crossed * m.sin(angle) + axis * along
        flat = turned[:2] / turned[2]
        square = m.sum(flat**2)
        stretch = 1.0 + camera[9] * square + camera[10] * square**2
        return weight * (flat * stretch * camera[6] + camera[7:9] - feature)

    def gate(x):
        return 1.0 / (1.0 + m.exp(-x))

    def recurrent(main, extra, state, text):
        size, layers = text.shape[1], len(main)

        def step(state, pair):
            letter, following = pair
            signal, after = letter * extra[0], []
            for layer in range(0, layers, 2):
                hidden, cell = state[layer], state[layer + 1]
                joined = m.concatenate([signal, hidden, signal, hidden])
                gates = joined * main[layer] + main[layer + 1]
                forget, enter, leave = (gate(gates[g * size : (g + 1) * size]) for g in range(3))
                cell = cell * forget + enter * m.tanh(gates[3 * size :])
                signal = leave * m.tanh(cell)
                after += [signal, cell]
            guess = signal * extra[1] + extra[2]
            norm = m.log(2.0 + m.sum(m.exp(guess)))
            return m.stack(after), m.sum(following * (guess - norm))

        losses = scan(step, state, text[:-1], text[1:])
        return -m.sum(losses) / (size * (text.shape[0] - 1))

    def hand(theta, model, vertices, weights, points):
        one, zero = theta[0] * 0 + 1, theta[0] * 0
        absolutes = []
        for bone, parent in enumerate(model.parents):
            relative = model.relatives4[bone]
            finger, joint = divmod(bone - 2, 4)
            if bone >= 2 and joint < 3:
                x = theta[6 + 4 * finger + (joint and joint + 1)]
                z = theta[7 + 4 * finger] if joint == 0 else zero
                cx, sx, cz, sz = m.cos(x), m.sin(x), m.cos(z), m.sin(z)
                turned = m.stack([m.stack([cz, -sz * cx, sz * sx, zero]),
                                  m.stack([sz, cz * cx, -cz * sx, zero]),
                                  m.stack([zero, sx, cx, zero]),
                                  m.stack([zero, zero, zero, one])])  # fmt: skip
                relative = relative @ turned
            absolutes.append(absolutes[parent] @ relative if parent >= 0 else relative)
        total = m.einsum("bij,bjk->bik", m.stack(absolutes), model.inverses4)[:, :3]
        moved = m.einsum("bij,nj->nbi", total[:, :, :3], vertices) + total[:, :, 3]
        mixed = m.sum(weights[:, :, None] * moved, 1)
        v = theta[:3]
        angle = m.sqrt(m.sum(v**2))
        axis = v / angle
        x, y, z = (axis[i] for i in range(3))
        across = m.stack([m.stack([zero, -z, y]), m.stack([z, zero, -x]), m.stack([-y, x, zero])])
        square = axis[:, None] * axis
        whole = m.stack([m.stack([one * (i == j) for j in range(3)]) for i in range(3)])
        rotation = square + (whole - square) * m.cos(angle) + across * m.sin(angle)
        return points - (mixed @ rotation.T + theta[3:6])

    return mixture, adjustment, recurrent, hand


def places_below(size: int) -> np.ndarray:
    """Which number of a column-wise list stands where below a diagonal, as 0 and 1."""
    pairs = [(line, column) for column in range(size) for line in range(column + 1, size)]
    basis = np.zeros((len(pairs), size, size))
    for number, pair in enumerate(pairs):
        basis[number][pair] = 1.0
    return basis


def flattened(tree) -> list[np.ndarray]:
    """The leaves as arrays."""
    if isinstance(tree, tuple | list):
        return [leaf for branch in tree for leaf in flattened(branch)]
    return [np.asarray(tree)]


def with_jax(problem: str, given):
    """The same call on JAX, or None."""
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)

    def scan(step, state, *columns):
        return jax.lax.scan(step, state, columns)[1]

    def lower(below, size):
        return jnp.einsum("kt,tij->kij", below, places_below(size))

    mixture, adjustment, recurrent, hand = array_objectives(jnp, scan, lower)
    if problem == "mixture":
        step = jax.jit(jax.value_and_grad(mixture, (0, 1, 2)), static_argnums=(4, 5))
    elif problem == "adjustment":
        step = jax.jit(jax.vmap(jax.jacrev(adjustment, (0, 1, 2))))
    elif problem == "recurrent":
        step = jax.jit(jax.value_and_grad(recurrent, (0, 1)))
    else:
        theta, model, *rest = given
        step = jax.jit(jax.jacfwd(lambda t: hand(t, model, *rest)))
        given = (theta,)
    given = tuple(jnp.asarray(x) if isinstance(x, np.ndarray) else x for x in given)
    return lambda: jax.block_until_ready(step(*given))


def with_torch(problem: str, given):
    """The same call on PyTorch, or None."""
    try:
        import torch
        from torch import func
    except ImportError:
        return None

    def scan(step, state, *columns):
        outputs = []
        for number in range(columns[0].shape[0]):
            state, output = step(state, [column[number] for column in columns])
            outputs.append(output)
        return torch.stack(outputs)

    def lower(below, size):
        return torch.einsum("kt,tij->kij", below, torch.as_tensor(places_below(size)))

    mixture, adjustment, recurrent, hand = array_objectives(torch, scan, lower)

    def value_and_grad(f, places):
        def call(*given):
            gradients, value = func.grad_and_value(f, places)(*given)
            return value, gradients

        return call

    def tensor(x):
        return torch.as_tensor(x) if isinstance(x, np.ndarray) else x

    if problem == "mixture":
        step = value_and_grad(mixture, (0, 1, 2))
    elif problem == "adjustment":
        step = func.vmap(func.jacrev(adjustment, (0, 1, 2)))
    elif problem == "recurrent":
        step = value_and_grad(recurrent, (0, 1))
    else:
        theta, model, *rest = given
        model, rest = model.of(torch.as_tensor), [tensor(x) for x in rest]
        step = func.jacfwd(lambda t: hand(t, model, *rest))
        given = (theta,)
    given = tuple(map(tensor, given))
    return lambda: step(*given)


# ---------------------------------------------------------------------------------- measuring


def timed(call, seconds: float = 1.0) -> tuple[float, float, list[np.ndarray]]:
    """Seconds of the first call, the least of those that follow within a second, the numbers."""
    start = time.perf_counter()
    result = call()
    first = time.perf_counter() - start
    best, end = math.inf, time.perf_counter() + seconds
    while best == math.inf or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return first, best, flattened(result)


def measure(folder: Path, characters: int) -> None:
    """Print the table, as Markdown."""
    print("| objective | data | engine | first call, ms | a call, ms | largest difference |")
    print("| --- | --- | --- | --- | --- | --- |")
    for problem, what, given in adbench_data.problems(folder, characters):
        reference = None
        for name, make in (("autograd", ours), ("JAX", with_jax), ("PyTorch", with_torch)):
            call = make(problem, given)
            if call is None:
                continue
            first, best, numbers = timed(call)
            reference = reference or numbers
            error = max(
                float(np.max(np.abs(mine.reshape(theirs.shape) - theirs)) / np.max(np.abs(theirs)))
                for mine, theirs in zip(numbers, reference, strict=True)
            )
            cells = [problem, what, name, f"{first * 1e3:,.0f}", f"{best * 1e3:.3g}"]
            cells.append("" if numbers is reference else f"{error:.0e}")
            print("| " + " | ".join(cells) + " |", flush=True)
            if error > 1e-9:
                raise SystemExit(f"adbench.py: {name} and ours differ by {error:.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="ADBench's folder `data`")
    parser.add_argument("--characters", type=int, default=16, help="letters of the LSTM's text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if options.data is None:
            adbench_data.make(Path(temporary))
        measure(options.data or Path(temporary), options.characters)
