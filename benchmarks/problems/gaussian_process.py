"""A Gaussian process: the log marginal likelihood, its gradient, and the fit of three parameters.

    python benchmarks/problems/gaussian_process.py

The likelihood is scalar Python: a Cholesky factor of the kernel's matrix by the textbook's loops.
scikit-learn, which derives its gradient by hand, is the referee; JAX is timed beside it where it is
installed.
"""

import math
import time

import numpy as np
from scipy.optimize import minimize

import autograd as ag
from autograd import dot, exp, jit, log, sqrt, value_and_grad

POINTS = 24


def data(points: int = POINTS, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A noisy sine on irregular points."""
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(0.0, 10.0, points))
    return x, np.sin(x) + 0.1 * random.normal(size=points)


def log_likelihood(theta, x, y):
    """log p(y | x): theta holds the logarithms of variance, length and noise variance."""
    variance, length, noise = (exp(t) for t in theta)
    count = len(x)
    factor = [[0.0] * count for _ in range(count)]
    whitened = []
    for i in range(count):
        for j in range(i + 1):
            kernel = variance * exp(-0.5 * ((x[i] - x[j]) / length) ** 2)
            rest = kernel + (noise if i == j else 0.0) - dot(factor[i][:j], factor[j][:j])
            factor[i][j] = sqrt(rest) if i == j else rest / factor[j][j]
        whitened.append((y[i] - dot(factor[i][:i], whitened)) / factor[i][i])
    fit = ag.sum([z * z for z in whitened])
    volume = ag.sum([log(factor[i][i]) for i in range(count)])
    return -0.5 * fit - volume - 0.5 * count * math.log(2.0 * math.pi)


def referee(theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """scikit-learn's value and gradient."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    kernel = ConstantKernel(math.exp(theta[0])) * RBF(math.exp(theta[1]))
    kernel += WhiteKernel(math.exp(theta[2]))
    model = GaussianProcessRegressor(kernel, optimizer=None, alpha=0.0).fit(x[:, None], y)
    return model.log_marginal_likelihood(theta, eval_gradient=True)


def with_jax(x, y):
    """The same in JAX, or None where it is not installed."""
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)

    def likelihood(theta):
        variance, length, noise = jnp.exp(theta)
        matrix = variance * jnp.exp(-0.5 * ((x[:, None] - x) / length) ** 2)
        factor = jnp.linalg.cholesky(matrix + noise * jnp.eye(len(x)))
        whitened = jax.scipy.linalg.solve_triangular(factor, y, lower=True)
        volume = jnp.sum(jnp.log(jnp.diag(factor)))
        return -0.5 * whitened @ whitened - volume - 0.5 * len(x) * math.log(2.0 * math.pi)

    step = jax.jit(jax.value_and_grad(likelihood))
    return lambda theta: jax.block_until_ready(step(theta))


def timed(call, *at, repeats: int = 200) -> tuple[float, float]:
    """Seconds of the first call, and the least of the following ones."""
    start = time.perf_counter()
    call(*at)
    first = time.perf_counter() - start
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        call(*at)
        best = min(best, time.perf_counter() - start)
    return first, best


if __name__ == "__main__":
    x, y = data()
    theta = np.array([0.1, -0.2, -3.0])
    ours = jit(value_and_grad(log_likelihood))
    rows = {"autograd": lambda t: ours(t, x, y), "scikit-learn": lambda t: referee(t, x, y)}
    if jax := with_jax(x, y):
        rows["JAX"] = jax
    true_value, true_gradient = referee(theta, x, y)
    print("| engine | value and gradient, largest relative error | first call, ms | a call, us |")
    print("| --- | --- | --- | --- |")
    for name, call in rows.items():
        first, best = timed(call, theta)
        value, gradient = call(theta)
        error = max(abs(value / true_value - 1), np.max(np.abs(gradient / true_gradient - 1)))
        print(f"| {name} | {error:.1e} | {first * 1e3:.0f} | {best * 1e6:.0f} |")

    def downhill(t):
        value, gradient = ours(t, x, y)
        return -value, -np.asarray(gradient)

    found = minimize(downhill, theta, jac=True, method="BFGS", options={"gtol": 1e-9})
    print(f"\nFit: log likelihood {-found.fun:.10f} at variance, length, noise = "
          f"{np.exp(found.x)} after {found.nfev} calls.")  # fmt: skip
