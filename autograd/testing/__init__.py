"""For unit tests of derivatives: check_gradient, assert_derivative, and Hypothesis strategies."""

from autograd.testing.derivatives import Checked, assert_derivative, check_gradient
from autograd.testing.strategies import functions, graphs, points, values

__all__ = [
    "Checked",
    "assert_derivative",
    "check_gradient",
    "functions",
    "graphs",
    "points",
    "values",
]
