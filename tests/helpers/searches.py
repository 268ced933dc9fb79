"""Tests of random examples: few of them in the fast tests, many with --slow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings


def searched(
    few: int, many: int, *strategies: Any, **options: Any
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Return a decorator: a body becomes a test of few examples, and a slow one of many.

    Args:
        few: how many examples the fast tests draw.
        many: how many the slow tests draw.
        strategies: where they are drawn from, one strategy for each argument of the body.
        options: other settings of Hypothesis.
    """

    def decorated(body: Callable[..., None]) -> Callable[[int], None]:
        def test(examples: int) -> None:
            drawn = given(*strategies)(body)
            settings(max_examples=examples, deadline=None, **options)(drawn)()

        test.__name__, test.__doc__ = body.__name__, body.__doc__
        test.__module__, test.__qualname__ = body.__module__, body.__qualname__
        counts = [few, pytest.param(many, marks=pytest.mark.slow)]
        return pytest.mark.parametrize("examples", counts)(test)

    return decorated
