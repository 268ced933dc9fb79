"""The pages that derivations and steps are saved as, in a real browser."""

from __future__ import annotations

import pytest

from autograd import Value, derivation, exp, sqrt, steps

pytestmark = pytest.mark.browser
WIDTHS = "() => [document.documentElement.scrollWidth, innerWidth]"


def worked():
    x, w = Value(2.0, "x"), Value(1.0 / 3.0, "w")
    y = exp(w * x) / (1.0 + exp(w * x)) * 1e-17 + x**3 * sqrt(w)
    return y, x


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 900])
def test_a_page_of_every_digit_is_as_wide_as_its_window_and_its_lines_break(
    visit, tmp_path, width, scheme
):
    path = derivation(*worked(), digits=17).save(tmp_path / "d.html")
    settings = {"viewport": {"width": width, "height": 700}, "color_scheme": scheme}
    page = visit(path.read_text("utf-8"), **settings)
    wide, window = page.evaluate(WIDTHS)
    assert wide == window == width
    clipped = (
        "() => [...document.querySelectorAll('p.words')].map((p) => p.scrollWidth - p.clientWidth)"
    )
    assert set(page.evaluate(clipped)) == {0}
    tops = (
        "() => [...document.querySelectorAll('p.equation:last-of-type math')]"
        ".map((part) => part.getBoundingClientRect().top)"
    )
    assert len(set(map(round, page.evaluate(tops)))) > 1  # the sum of three products takes lines
    high = "() => [...document.querySelectorAll('p')].map((p) => p.scrollHeight - p.clientHeight)"
    assert max(page.evaluate(high)) <= 1  # no formula is cut above or below


def test_a_page_of_a_step_is_as_wide_as_its_window(visit, tmp_path):
    y, _ = worked()
    for step in steps(y):
        page = visit(
            step.save(tmp_path / "s.html").read_text("utf-8"),
            viewport={"width": 320, "height": 500},
        )
        wide, window = page.evaluate(WIDTHS)
        assert wide == window
