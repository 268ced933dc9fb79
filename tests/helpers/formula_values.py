"""The number of a formula as it is printed: text and MathML read back, whoever wrote them."""

import ast
import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np

from autograd.engine.order import ordered
from autograd.notation import writing
from autograd.notation.formula import Application, Name
from autograd.notation.names import Names
from autograd.table.operation import TABLE

SIGNS = {
    "\u2212": "-", "\u22c5": "*", "\u00d7": "*", "\u2061": "", "\u2264": "<=", "\u2265": ">=",
    "\u2227": "&", "\u2228": "|",
}  # fmt: skip
REMARK = r"(nothing |held |in full|a kink|a jump|\w+ has no value)"  # how those of equations begin
DERIVATIVES = re.compile(r"∂([₀-₉]+)(\w+)|(d|∂)(\w+)/[d∂](\w+)|(\w+)\.grad")


class Floats(ast.NodeTransformer):
    """Makes every number NumPy's, whose arithmetic is that of IEEE 754."""

    def visit_Constant(self, node):
        return ast.copy_location(
            ast.Call(ast.Name("float64", ast.Load()), [node], []),
            node,
        )


def value(text, names):
    """The number of an expression in Python's spelling, at the numbers of its names."""
    text = DERIVATIVES.sub(lambda found: symbol(*found.groups()), text)
    tree = ast.fix_missing_locations(Floats().visit(ast.parse(text.strip(), mode="eval")))
    rows = {row.symbol: row.value for row in TABLE.values()}
    known = {
        "inf": np.inf,
        "nan": np.nan,
        "e": np.e,
        "pi": np.pi,
        "π": np.pi,
        "float64": np.float64,
        **rows,
        **names,
    }
    known = {name: np.float64(one) if type(one) is float else one for name, one in known.items()}
    with np.errstate(all="ignore"):
        return float(eval(compile(tree, text, "eval"), {"__builtins__": {}}, known))


def names_in(text):
    """The names in an expression in Python's spelling, without those of functions."""
    text = DERIVATIVES.sub(lambda found: symbol(*found.groups()), text)
    tree = ast.parse(text.strip(), mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {node.id for node in names if id(node) not in called} - {"inf", "nan", "pi", "π", "e"}


def symbol(place, whole, sign, of, by, barred):
    """A name that the parser takes, for a partial, a total derivative or an adjoint."""
    if barred:
        return f"bar_{barred}"
    return (
        f"by{place.translate(LOW)}_{whole}"
        if place
        else f"{'total' if sign == 'd' else 'slope'}_{of}_{by}"
    )


HIGH = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def heads():
    """What stands before the brackets of each operation in MathML, and its name in the table."""
    found = {}
    for row in TABLE.values():
        operands = tuple(Name(parameter, 1.0) for parameter in row.parameters)
        written = ElementTree.fromstring(f"<m>{writing.mathml(Application(row, operands))}</m>")
        if len(written[0]) == 3 and written[0][1].text == "\u2061":
            found["".join(written[0][0].itertext())] = row.symbol
    return found


def spelled(element):
    """MathML as an expression in Python's spelling."""
    tag = element.tag.rpartition("}")[2]
    parts = [spelled(child) for child in element]
    text = (element.text or "").strip()
    if tag in ("mn", "mi"):
        return HEADS.get(text, text).replace("∞", "inf")
    if tag == "mtext":
        return text.strip("\u00a0").replace("otherwise", "").removeprefix("if")
    if tag == "mo":
        return f" {SIGNS.get(text, text)} "
    if tag == "msub":
        whole = "".join("".join(child.itertext()) for child in element)
        if parts[0] == "∂":
            return f"∂{parts[1].translate(HIGH)}"
        if element[0].tag.rpartition("}")[2] == "mover":
            return whole.replace("\u00af", "") + ".grad"
        return HEADS.get(whole, whole)
    if tag == "mover":
        return f"{parts[0]}.grad"
    if tag == "mfrac":
        of, by = (re.fullmatch(r"([d∂])(.*)", part.strip()) for part in parts)
        is_derivative = of and by and of[1] == by[1] and element[0][0].text == of[1]
        return f"{parts[0]}/{parts[1]}" if is_derivative else f"(({parts[0]})/({parts[1]}))"
    if tag == "msup":
        return f"exp({parts[1]})" if parts[0] == "e" else f"(({parts[0]})**({parts[1]}))"
    if tag == "msqrt":
        return f"sqrt({''.join(parts)})"
    if tag == "mroot":
        return f"cbrt({parts[0]})"
    if tag == "mtable":
        (first, condition), (other, _) = element
        return f"where({spelled(condition)}, {spelled(first)}, {spelled(other)})"
    if tag == "mrow" and len(parts) == 3 and element[0].get("stretchy"):
        return f"{ {'|': 'abs', '⌊': 'floor', '⌈': 'ceil'}[element[0].text] }({parts[1]})"
    if tag == "mrow" and len(parts) == 2 and element[0].text == "{":
        return parts[1]
    return "".join(parts)


HEADS = heads()


def rows_of(mathml):
    root = ElementTree.fromstring(mathml)
    cells = [cell for cell in root[0].iter() if cell.tag.endswith("mtd") and "style" in cell.attrib]
    return ["".join(map(spelled, cell)) for cell in cells] or [spelled(root[0])]


def same(a, b, near=1e-6):
    return (a != a and b != b) or a == b or math.isclose(a, b, rel_tol=near, abs_tol=1e-300)


class Reader:
    """Reads lines, holds the numbers that they have told, and compares every two sides."""

    def __init__(self, y, near=1e-6):
        self.near = near
        order = ordered(y)
        names = Names(order)
        self.known = {names[node].name: node.data for node in order}
        self.root = names[y].name
        self.bars = {}
        self.checked = 0

    def line(self, line):
        line = re.sub(rf"\((operand|{REMARK}).*", "", line).strip()
        if "=" not in line or line.startswith(("Write", "Start")) or "erivative of" in line:
            return
        left, sign, rest = re.match(r"(.*?) (\+?=) (.*)", line).groups()
        sides = [side.strip() for side in re.split(r" (?<![<>])= ", rest)]
        left = left.strip()
        known = {**self.known, **{f"bar_{name}": bar for name, bar in self.bars.items()}}
        numbers = [value(side, known) for side in sides if ".grad" not in side[-5:]]
        assert all(same(number, numbers[-1], self.near) for number in numbers), line
        self.checked += len(numbers) > 1
        for name in (left, *[side for side in sides if side.endswith(".grad")]):
            if sign == "+=":
                bar = name.removesuffix(".grad")
                self.bars[bar] = self.bars.get(bar, 0.0) + numbers[-1]
            elif name.endswith(".grad"):
                bar = name.removesuffix(".grad")
                assert same(self.bars.setdefault(bar, numbers[-1]), numbers[-1], self.near), line
            else:
                self.tell(name, numbers[-1], line)

    def tell(self, name, number, line):
        known = DERIVATIVES.sub(lambda found: symbol(*found.groups()), name)
        told = self.known.setdefault(known, number)
        assert same(told, number, self.near), f"{name} is {told} and {number}: {line}"
