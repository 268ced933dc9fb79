"""The pages that derivations and steps are saved as, in a real browser."""

from __future__ import annotations

import base64

import pytest

from autograd import Value, derivation, exp, explore, sqrt, steps

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


INK = """async (picture) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const isInk = (x, y) => Math.abs(data[4 * (y * image.width + x)] - data[0]) > 100;
  const [rows, columns] = [image.height, image.width].map((count) => [...Array(count).keys()]);
  return rows.map((y) => columns.filter((x) => isInk(x, y)).length / image.width);
}"""  # the share of each row of pixels that is not as the corner is


def ink_of_the_first_bar(page, shown):
    for _ in range(4 * hasattr(shown, "html")):
        page.keyboard.press("ArrowRight")
    page.locator("mover").first.scroll_into_view_if_needed()
    box = page.locator("mover").first.bounding_box()
    room = {"x": box["x"], "y": box["y"] - 3, "width": box["width"], "height": box["height"] + 3}
    return page.evaluate(INK, base64.b64encode(page.screenshot(clip=room)).decode())


@pytest.mark.parametrize("form", ["derivation", "explorer"])
@pytest.mark.parametrize("letter", ["v", "x", "z"])
def test_the_bar_that_tells_a_gradient_from_its_number_stands_clear_of_its_letter(
    visit, tmp_path, form, letter
):
    x = Value(2.0, letter)
    y = exp(x)
    y.label = letter  # so that every letter under a bar is this one
    shown = derivation(y, x) if form == "derivation" else explore(y)
    page = visit(shown.save(tmp_path / "d.html").read_text("utf-8"), device_scale_factor=4)
    inked = "".join("#" if ink else " " for ink in ink_of_the_first_bar(page, shown)).strip()
    assert inked.count(" ") >= 4  # a pixel, four here, between the bar and the letter


@pytest.mark.parametrize("form", ["derivation", "explorer"])
@pytest.mark.parametrize(
    "settings",
    [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}],
    ids=["light", "dark", "forced"],
)
@pytest.mark.parametrize("label", ["z", "layer i"])
def test_the_bar_of_a_gradient_is_as_wide_as_the_name_under_it(
    visit, tmp_path, form, settings, label
):
    x = Value(2.0, label)
    y = exp(x)
    y.label = label
    shown = derivation(y, x) if form == "derivation" else explore(y)
    html = shown.save(tmp_path / "d.html").read_text("utf-8")
    page = visit(html, device_scale_factor=4, **settings)
    ink = ink_of_the_first_bar(page, shown)
    assert next(share for share in ink if share) > 0.9
    page.evaluate("getSelection().selectAllChildren(document.querySelector('mover'))")
    assert "\u00af" in page.evaluate("getSelection().toString()")  # copied, and read aloud
