"""A part of each of the long runs of scripts/long_runs.py, and that they can fail."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import random_programs
from random_programs import differences, program

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "long_runs.py"


def run(*arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, *map(str, arguments)],
        capture_output=True, text=True, check=False, env={**os.environ, "AUTOGRAD_CACHE": "off"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_random_programs_agree_in_every_way_of_running_them(start: int) -> None:
    for seed in range(start, start + 10):
        assert differences(program(seed)) == [], program(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(100, 1600, 100))
def test_many_random_programs_agree_in_every_way_of_running_them(start: int) -> None:
    for seed in range(start, start + 100):
        assert differences(program(seed)) == [], program(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2040))
def test_random_programs_agree_in_all_ways_at_once(seed: int) -> None:
    assert differences(program(seed), all_of_them=True) == [], program(seed)


def a_little_more(function: Any) -> Any:
    """Return a function of functions whose numbers are wrong in the tenth digit."""

    def changed(*args: Any, **options: Any) -> Any:
        made = function(*args, **options)
        return lambda *numbers: [x * (1.0 + 1e-10) for x in random_programs.floats(made(*numbers))]

    return changed


def test_a_compiler_that_is_wrong_in_the_tenth_digit_is_found(monkeypatch: Any) -> None:
    monkeypatch.setattr(random_programs, "jit", a_little_more(random_programs.jit))
    plain = [seed for seed in range(40) if not program(seed).has("compiled", "copied", "rows")]
    found = {name for seed in plain for name, _ in differences(program(seed))}
    assert "compiled" in found


def test_a_forward_mode_that_is_wrong_in_the_tenth_digit_is_found(monkeypatch: Any) -> None:
    def wrong(f: Any, primals: Any, tangents: Any) -> Any:
        value, tangent = jvp(f, primals, tangents)
        return value, tangent * (1.0 + 1e-10)

    jvp = random_programs.jvp
    monkeypatch.setattr(random_programs, "jvp", wrong)
    found = {name for seed in range(20) for name, _ in differences(program(seed))}
    assert "forward" in found


def test_a_nan_of_hvp_is_found_where_no_slope_overflows(monkeypatch: Any) -> None:
    monkeypatch.setattr(random_programs, "hvp", lambda f, primals, tangents: [math.nan])
    base = replace(program(0), inputs=1, seed=2)
    for name, number, is_found in (("exp", 0.5, True), ("log", 0.5, True), ("log", 1e-200, False)):
        steps = (("unary", name, 0),)
        found = differences(replace(base, steps=steps, points=((number,), (0.5,))))
        assert ("Hessian times vector" in [each for each, _ in found]) is is_found, (name, number)


def test_a_referee_without_minus_zero_is_asked_about_the_other_zero(monkeypatch: Any) -> None:
    steps = (("binary", "*", 0, 0, 0.0, False), ("binary", "/", 0, 0, 1.0, True))
    steps = (*steps, ("static", "clip", 0))  # clip(1 / (x * 0.0), -1, 1.5)
    zero = replace(program(0), inputs=1, seed=4, steps=steps, points=((-2.0,), (0.5,)))
    assert differences(zero) == []
    monkeypatch.setattr(random_programs, "values", lambda function, numbers: [-1.0])
    assert [name for name, _ in differences(zero)] == ["mpmath"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks and signals of POSIX")
@pytest.mark.parametrize(("what", "count"), [("interrupts", 15), ("kills", 4), ("forks", 2)])
def test_nothing_is_torn_lost_or_left_on(what: str, count: int) -> None:
    run(what, count, "--seed", 1)


def test_tasks_that_take_turns_keep_their_modes() -> None:
    run("tasks", 20)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "count"), [("interrupts", 150), ("kills", 20), ("forks", 10), ("tasks", 100)]
)
def test_nothing_is_torn_lost_or_left_on_in_longer_runs(what: str, count: int) -> None:
    run(what, count, "--seed", 2)
