"""A book of European options: price, delta, gamma, vega, theta and rho of each, by derivatives.

    python benchmarks/problems/options.py

One scalar formula, mapped over the book; the greeks are its first derivatives and one second one.
The closed forms in SciPy's normal distribution are the referee; JAX is timed where it is installed.
"""

import math
import time

import numpy as np
from scipy.stats import norm

from autograd import erfc, exp, grad, jit, log, sqrt, value_and_grad

GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho")


def cumulative(x):
    """The normal distribution, accurate in its left tail too."""
    return 0.5 * erfc(-x / math.sqrt(2.0))


def price(spot, volatility, time_left, rate, strike, side):
    """Black-Scholes: side is 1 for a call and -1 for a put."""
    deviation = volatility * sqrt(time_left)
    above = (log(spot / strike) + rate * time_left) / deviation + 0.5 * deviation
    discounted = strike * exp(-rate * time_left)
    return side * (
        spot * cumulative(side * above) - discounted * cumulative(side * (above - deviation))
    )


def greeks(spot, volatility, time_left, rate, strike, side):
    """All six of one option; theta by the time that passes."""
    value, (delta, vega, by_time, rho) = value_and_grad(price, (0, 1, 2, 3))(
        spot, volatility, time_left, rate, strike, side
    )
    gamma = grad(grad(price))(spot, volatility, time_left, rate, strike, side)
    return value, delta, gamma, vega, -by_time, rho


def book(count: int, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Spots, volatilities, times, rates, strikes and sides, made from a seed."""
    random = np.random.default_rng(seed)
    return (
        random.uniform(50, 150, count), random.uniform(0.05, 0.8, count),
        random.uniform(0.02, 3.0, count), random.uniform(-0.01, 0.06, count),
        random.uniform(50, 150, count), random.choice([-1.0, 1.0], count),
    )  # fmt: skip


def closed_forms(spot, volatility, time_left, rate, strike, side) -> tuple[np.ndarray, ...]:
    """The greeks as the textbook derives them."""
    root = np.sqrt(time_left)
    above = (np.log(spot / strike) + (rate + volatility**2 / 2) * time_left) / volatility / root
    below = above - volatility * root
    discounted = strike * np.exp(-rate * time_left)
    density = norm.pdf(above)
    carry = side * rate * discounted * norm.cdf(side * below)
    return (
        side * (spot * norm.cdf(side * above) - discounted * norm.cdf(side * below)),
        side * norm.cdf(side * above),
        density / (spot * volatility * root),
        spot * density * root,
        -spot * density * volatility / (2 * root) - carry,
        side * discounted * time_left * norm.cdf(side * below),
    )


def with_jax():
    """The same in JAX, or None where it is not installed."""
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)

    def cumulative(x):
        return 0.5 * jax.scipy.special.erfc(-x / math.sqrt(2.0))

    def price(spot, volatility, time_left, rate, strike, side):
        deviation = volatility * jnp.sqrt(time_left)
        above = (jnp.log(spot / strike) + rate * time_left) / deviation + 0.5 * deviation
        return side * (
            spot * cumulative(side * above)
            - strike * jnp.exp(-rate * time_left) * cumulative(side * (above - deviation))
        )

    def greeks(*option):
        value, (delta, vega, by_time, rho) = jax.value_and_grad(price, (0, 1, 2, 3))(*option)
        return value, delta, jax.grad(jax.grad(price))(*option), vega, -by_time, rho

    mapped = jax.jit(jax.vmap(greeks))
    return lambda *options: jax.block_until_ready(mapped(*options))


if __name__ == "__main__":
    options = book(10_000)
    true = closed_forms(*options)
    engines = {"autograd": jit(greeks, in_axes=(0,) * 6)}
    if jax := with_jax():
        engines["JAX"] = jax
    print("| engine | " + " | ".join(GREEKS) + " | first call, ms | 10,000 options, ms |")
    print("| --- |" + " --- |" * 8)
    for name, call in engines.items():
        start = time.perf_counter()
        found = call(*options)
        first = time.perf_counter() - start
        best = math.inf
        for _ in range(50):
            start = time.perf_counter()
            call(*options)
            best = min(best, time.perf_counter() - start)
        errors = [
            np.max(np.abs(f - t)) / np.max(np.abs(t)) for f, t in zip(found, true, strict=True)
        ]
        cells = " | ".join(f"{error:.0e}" for error in errors)
        print(f"| {name} | {cells} | {first * 1e3:.0f} | {best * 1e3:.2f} |")
