"""The primitives in JavaScript against the rows of the table, and labels against KaTeX."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_rows import operands_of

import autograd
from autograd import Value, derivation, explore, latex
from autograd.backends.javascript import page_table
from autograd.table.operation import TABLE

pytestmark = pytest.mark.browser

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -2.5, 1e-300, 1e300, -1e300]
SPECIAL = [math.inf, -math.inf, math.nan]
NUMBERS = """text => ({nan: NaN, inf: Infinity, '-inf': -Infinity})[text] ?? Number(text)"""


def same(a, b):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if a == 0.0 and b == 0.0:
        return math.copysign(1, a) == math.copysign(1, b)
    return a == b or math.isclose(a, b, rel_tol=1e-13, abs_tol=5e-324)


def read(text):
    return float(text.replace("Infinity", "inf"))


@pytest.fixture(scope="module")
def blank(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto("about:blank")
    yield page
    context.close()


PRIMITIVES = [row for row in TABLE.values() if row.definition is None]


@pytest.mark.parametrize("row", PRIMITIVES, ids=lambda row: row.name)
def test_a_primitive_gives_what_its_row_gives(blank, row):
    draw = random.Random(row.name)
    points = list(itertools.product(EDGES + SPECIAL, repeat=row.arity))
    draw.shuffle(points)
    points = points[:400]
    for _ in range(300):
        points.append(tuple(draw.uniform(-3, 3) for _ in range(row.arity)))
    script = page_table()
    found = blank.evaluate(
        f"""([name, points]) => {{ {script}
          const number = {NUMBERS};
          return points.map(point => {{
            const result = PRIMITIVES[name](...point.map(number));
            return Object.is(result, -0) ? "-0" : String(result);
          }}); }}""",
        [row.name, [[str(number) for number in point] for point in points]],
    )
    for point, text in zip(points, found, strict=True):
        expected = row.value(*point)
        if row.name in ("sin", "cos", "tan") and abs(point[0]) > 1e6:
            assert read(text) == pytest.approx(expected, rel=1e-9, nan_ok=True)
        else:
            assert same(read(text), expected), (row.name, point, text, expected)


def test_every_public_operation_is_computed_in_the_page_as_in_python(visit):
    leaves = [Value(0.3, "a"), Value(0.8, "b"), Value(1.4, "c")]
    terms = []
    for row in TABLE.values():
        operands = operands_of(row, leaves[2:] if row.name == "acosh" else leaves)
        if row.public:
            terms.append(row(*operands))
    y = autograd.sum(terms)
    page = visit(explore(y).html)
    field = page.locator('.row[data-node="0"] input')
    field.fill("0.9")
    field.press("Enter")
    field.fill("0.3")
    field.press("Enter")
    page.locator('[data-part="last"]').click()
    shown = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.row')].map(row =>
          [row.dataset.node, row.querySelector('.gradient data')?.value ?? 'nan']))"""
    )
    y.backward()
    for place, node in enumerate(autograd.engine.order.ordered(y)):
        assert read(shown[str(place)]) == pytest.approx(node.grad, rel=1e-12), node


@pytest.fixture(scope="module")
def typesetter(chromium, node_modules):
    context = chromium.new_context()
    page = context.new_page()
    page.goto("about:blank")
    page.evaluate((node_modules / "katex/dist/katex.min.js").read_text(encoding="utf-8") + "; 0")
    yield lambda source: page.evaluate(
        """source => katex.renderToString(source, {throwOnError: true, strict: 'ignore',
          trust: false, displayMode: true, output: 'mathml'})""",
        source,
    )
    context.close()


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_katex_reads_the_latex_of_every_row(typesetter, row):
    operands = operands_of(row, [Value(0.5 + place, f"x{place}") for place in range(row.arity)])
    y = row(*operands)
    assert typesetter(latex(y))
    for step in autograd.steps(y):
        assert typesetter(step.latex)
    assert typesetter(derivation(y, operands[-1]).latex)


ASCII = "".join(map(chr, range(128)))
LABELS = st.text(alphabet=st.sampled_from(ASCII), max_size=30) | st.text(max_size=8)
LABELS |= st.sampled_from(
    ["\\end{aligned}", "$x$", "a_b^c", "50%", "#1", "~", "\\", "}{", "x'y''", "<b>", "&amp;", '"']
)


@settings(max_examples=150, deadline=None)
@given(label=LABELS)
def test_katex_reads_any_label_as_data(typesetter, label):
    x = Value(2.0, label)
    for source in (latex(x * x), derivation(x * 3, x).latex):
        assert "<merror" not in typesetter(source)


def test_no_other_script_is_katex_asked_to_trust(typesetter):
    x = Value(2.0, "\\href{javascript:alert(1)}{x}")
    assert "href" not in typesetter(latex(x * x)).split("annotation")[0]
