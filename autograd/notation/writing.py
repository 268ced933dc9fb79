"""How formulas are written: plain text in Python's spelling, LaTeX and MathML.

Parentheses follow from the rank of the operations, and everything else from the ``form`` of their
rows. Labels are data: each writer escapes them for its own language.
"""

# ruff: noqa: RUF001 - Greek letters are meant to be Greek

from __future__ import annotations

import html
import re
from abc import ABC, abstractmethod

from autograd.notation.formula import Application, Derivative, Formula, Name, Number, Slot
from autograd.table import elementary as ops
from autograd.table.operation import Operation

SUM, PRODUCT, PREFIX, POWER, WHOLE = 1, 2, 3, 4, 5  # ranks: what binds stronger is higher


def digits(number: float, precision: int = 4) -> str:
    """Return a number as a person writes it: 2 for 2.0, 0.1235, 1.5e-07, inf, nan."""
    if number - number != 0.0:
        return str(number)
    if abs(number) < 1e6 and number.is_integer():
        return str(int(number))
    return re.sub(r"e([+-])0*(\d)", r"e\1\2", f"{number:.{precision}g}").replace("e+", "e")


class Writer(ABC):
    """Sets formulas in one language; what the languages share is where parentheses go."""

    def __init__(self, precision: int = 4) -> None:
        self.precision = precision

    def write(self, whole: Formula) -> str:
        """Return the formula written out."""
        return self._set(whole)[0]

    def _set(self, whole: Formula, first: bool = True) -> tuple[str, int]:
        """Return the formula written out, and how strongly it holds together.

        ``first`` is true where a minus sign may come first, as nothing stands before it.
        """
        if isinstance(whole, Number):
            return self.number(whole.number)
        if isinstance(whole, Name):
            return self.name(whole.name), WHOLE
        if isinstance(whole, Derivative):
            return self.derivative(whole)
        if isinstance(whole, Slot):
            return self.slot(whole.index, not first), WHOLE
        assert isinstance(whole, Application)
        operation, operands = whole.operation, whole.operands
        if operation is ops.select:
            return self.cases(*map(self.write, operands))
        if operation.form == "infix":
            return self._set_infix(whole, first)
        if operation.form == "prefix":
            return self.prefix(operation, self._inside(operands[0], PRODUCT)), SUM
        if operation.form == "fraction":
            return self.fraction(operands[0], operands[1], first)
        if operation.form == "power":
            return self.power(*operands)
        return self.call(operation, operands)

    def _set_infix(self, whole: Application, first: bool) -> tuple[str, int]:
        operation = whole.operation
        a, b = reversed(whole.operands) if whole.flipped else whole.operands
        if operation in (ops.less, ops.less_equal):
            sign = operation.symbol.replace("<", ">") if whole.flipped else operation.symbol
            return self.infix(sign, self._inside(a, SUM, True), self._inside(b, SUM, True)), 0
        rank = operation.rank
        left = self._inside(a, max(rank, SUM), first)
        right = self._inside(b, rank + (operation is ops.subtract) if rank else SUM)
        return self.infix(operation.symbol, left, right), rank

    def _inside(self, part: Formula, least: int, first: bool = False) -> str:
        """Return a part, in parentheses where its rank is below what surrounds it."""
        first = first and least <= PRODUCT
        written, rank = self._set(part, first)
        if isinstance(part, Slot):
            return written
        if _begins_with_minus(part):
            return written if first else self.group(written)
        return written if rank >= least else self.group(written)

    def equation(self, *sides: Formula | str) -> str:
        """Return sides joined by equals signs; a side that repeats the one before is left out."""
        written: list[str] = []
        for side in sides:
            each = side if isinstance(side, str) else self.write(side)
            if not written or written[-1] != each:
                written.append(each)
        return self.equals.join(written)

    equals = " = "

    @abstractmethod
    def number(self, number: float) -> tuple[str, int]:
        """Return a number and its rank."""

    @abstractmethod
    def name(self, name: str) -> str:
        """Return a node's name, escaped."""

    def slot(self, index: int, bracketed: bool) -> str:
        """Return a place to be filled in; bracketed where a negative number needs parentheses."""
        return f"{{({index}}}" if bracketed else f"{{{index}}}"

    @abstractmethod
    def derivative(self, whole: Derivative) -> tuple[str, int]:
        """Return the derivative of one node by another, and its rank."""

    @abstractmethod
    def group(self, inner: str) -> str:
        """Return the same in parentheses."""

    @abstractmethod
    def infix(self, symbol: str, left: str, right: str) -> str:
        """Return two operands with the symbol between them."""

    @abstractmethod
    def prefix(self, operation: Operation, inner: str) -> str:
        """Return the operation's sign before its operand."""

    @abstractmethod
    def fraction(self, a: Formula, b: Formula, first: bool) -> tuple[str, int]:
        """Return a over b, and its rank; first is true where a minus may come first."""

    @abstractmethod
    def power(self, a: Formula, b: Formula) -> tuple[str, int]:
        """Return a to the power b, and its rank."""

    @abstractmethod
    def cases(self, condition: str, a: str, b: str) -> tuple[str, int]:
        """Return a where the condition holds, else b."""

    @abstractmethod
    def call(self, operation: Operation, operands: tuple[Formula, ...]) -> tuple[str, int]:
        """Return an operation written as a call, or in a form of its own."""


def _begins_with_minus(part: Formula) -> bool:
    if isinstance(part, Number):
        return part.number < 0.0
    return isinstance(part, Application) and part.operation.form == "prefix"


class TextWriter(Writer):
    """Plain text in Python's spelling."""

    def number(self, number: float) -> tuple[str, int]:
        """Return a number and its rank."""
        return digits(number, self.precision), WHOLE

    def name(self, name: str) -> str:
        """Return a node's name; one with spaces or operators in it stands in quotes."""
        return name if re.fullmatch(r"[\w#.…\[\]']+", name) else f"'{name}'"

    def derivative(self, whole: Derivative) -> tuple[str, int]:
        """Return x.grad for the root's derivative, dy/dx for any other."""
        of, by = self.name(whole.of.name), self.name(whole.by.name)
        return (f"{by}.grad" if whole.total else f"d{of}/d{by}"), WHOLE

    def group(self, inner: str) -> str:
        """Return the same in parentheses."""
        return f"({inner})"

    def infix(self, symbol: str, left: str, right: str) -> str:
        """Return two operands with the symbol between them."""
        return f"{left} {symbol} {right}"

    def prefix(self, operation: Operation, inner: str) -> str:
        """Return the operation's sign before its operand."""
        return f"{operation.symbol}{inner}"

    def fraction(self, a: Formula, b: Formula, first: bool) -> tuple[str, int]:
        """Return a / b."""
        left = self._inside(a, PRODUCT, first)
        return f"{left} / {self._inside(b, PREFIX)}", PRODUCT

    def power(self, a: Formula, b: Formula) -> tuple[str, int]:
        """Return a**b."""
        return f"{self._inside(a, WHOLE)}**{self._inside(b, POWER)}", POWER

    def cases(self, condition: str, a: str, b: str) -> tuple[str, int]:
        """Return a call of where."""
        return f"where({condition}, {a}, {b})", WHOLE

    def call(self, operation: Operation, operands: tuple[Formula, ...]) -> tuple[str, int]:
        """Return a call."""
        inside = ", ".join(map(self.write, operands))
        return f"{operation.symbol}({inside})", WHOLE


_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_SUBSCRIPTED = re.compile(r"([^\W\d_]|" + "|".join(_LETTERS) + r")_?(\d{1,4})")
_LATEX_CHARACTERS = {character: "\\" + character for character in "{}$&#%_"} | {
    "\\": r"\backslash ",
    "^": r"\hat{}",
    "~": r"\sim ",
    " ": r"\ ",
    "…": r"\ldots ",
}
_LATEX_SYMBOLS = {"*": r"\cdot", "<=": r"\le", ">=": r"\ge", "&": r"\wedge", "|": r"\vee"}


class LatexWriter(Writer):
    """LaTeX for mathematical mode, with what MathJax and KaTeX know too."""

    def number(self, number: float) -> tuple[str, int]:
        """Return a number and its rank; 1.5e-07 becomes a power of ten."""
        written = digits(number, self.precision)
        if "inf" in written:
            return written.replace("inf", r"\infty "), WHOLE
        if "nan" in written:
            return r"\mathrm{nan}", WHOLE
        mantissa, e, exponent = written.partition("e")
        if e:
            return rf"{mantissa} \times 10^{{{exponent}}}", PRODUCT
        return written, WHOLE

    def name(self, name: str) -> str:
        """Return a node's name, with an index set low and every character escaped."""
        indexed = _SUBSCRIPTED.fullmatch(name)
        if indexed:
            return f"{self.name(indexed[1])}_{{{indexed[2]}}}"
        if name in _LETTERS:
            return f"\\{name}"
        if re.fullmatch(r"[A-Za-z]", name):
            return name
        parts = []
        for run in re.findall(r"[A-Za-z0-9]+|.", name, re.DOTALL):
            if run.isascii() and run.isalnum():
                parts.append(rf"\mathrm{{{run}}}")
            elif run.isascii():
                parts.append(f"{{{_LATEX_CHARACTERS.get(run, run)}}}")
            else:
                parts.append(_LATEX_CHARACTERS.get(run, rf"\text{{{run}}}"))
        return f"{{{''.join(parts)}}}"

    def derivative(self, whole: Derivative) -> tuple[str, int]:
        """Return a partial derivative as a fraction."""
        of, by = self.name(whole.of.name), self.name(whole.by.name)
        return rf"\frac{{\partial {of}}}{{\partial {by}}}", PREFIX

    def group(self, inner: str) -> str:
        """Return the same in parentheses that grow with it."""
        return rf"\left({inner}\right)"

    def infix(self, symbol: str, left: str, right: str) -> str:
        """Return two operands with the symbol between them."""
        return f"{left} {_LATEX_SYMBOLS.get(symbol, symbol)} {right}"

    def prefix(self, operation: Operation, inner: str) -> str:
        """Return the operation's sign before its operand."""
        return f"{operation.latex}{inner}"

    def fraction(self, a: Formula, b: Formula, first: bool) -> tuple[str, int]:
        """Return a fraction."""
        return rf"\frac{{{self.write(a)}}}{{{self.write(b)}}}", PREFIX

    def power(self, a: Formula, b: Formula) -> tuple[str, int]:
        """Return a with b set high."""
        return f"{{{self._inside(a, WHOLE)}}}^{{{self.write(b)}}}", POWER

    def cases(self, condition: str, a: str, b: str) -> tuple[str, int]:
        """Return the two cases under one brace."""
        return (
            rf"\begin{{cases}} {a} & \text{{if }} {condition} \\ "
            rf"{b} & \text{{otherwise}} \end{{cases}}",
            SUM,
        )

    def call(self, operation: Operation, operands: tuple[Formula, ...]) -> tuple[str, int]:
        """Return a call, a root, bars, or the row's own template."""
        inside = [self.write(operand) for operand in operands]
        if operation.form == "latex":
            filled = _filled(operation.latex, inside)
            if filled != operation.latex:
                return filled, WHOLE
        if operation.form == "root":
            return rf"\sqrt{{{inside[0]}}}", WHOLE
        if operation.form == "exponential":
            return f"e^{{{inside[0]}}}", POWER
        fences = {
            "bars": (r"\left|", r"\right|"),
            "floor": (r"\left\lfloor ", r"\right\rfloor "),
            "ceil": (r"\left\lceil ", r"\right\rceil "),
        }
        if operation.form in fences:
            return inside[0].join(fences[operation.form]), WHOLE
        name = operation.latex
        if name.startswith(r"\operatorname{"):
            name = name.replace("_", r"\_")
        return rf"{name}\left({', '.join(inside)}\right)", WHOLE


def _filled(template: str, operands: list[str]) -> str:
    """Put operands in the places {0}, {1}, ...; every other brace is LaTeX's own."""

    def put(place: re.Match[str]) -> str:
        index = int(place[1])
        operand = operands[index] if index < len(operands) else place[0]
        follows_command = re.search(r"\\[A-Za-z]+$", template[: place.start()])
        return f" {operand}" if follows_command and operand[:1].isalpha() else operand

    return re.sub(r"\{(\d+)\}", put, template)


_MATHML_SYMBOLS = {
    "-": "\u2212",
    "*": "\u22c5",
    "<": "&lt;",
    ">": "&gt;",
    "<=": "\u2264",
    ">=": "\u2265",
    "&": "\u2227",
    "|": "\u2228",
}


class MathWriter(Writer):
    """MathML Core, which every browser draws."""

    equals = "<mo>=</mo>"

    def number(self, number: float) -> tuple[str, int]:
        """Return a number and its rank; 1.5e-07 becomes a power of ten."""
        written = digits(number, self.precision)
        if "nan" in written:
            return "<mtext>nan</mtext>", WHOLE
        mantissa, e, exponent = written.replace("inf", "∞").partition("e")
        if not e:
            return _signed(mantissa), WHOLE
        power = f"<msup><mn>10</mn>{_signed(exponent)}</msup>"
        return f"<mrow>{_signed(mantissa)}<mo>\u00d7</mo>{power}</mrow>", PRODUCT

    def name(self, name: str) -> str:
        """Return a node's name, with an index set low."""
        indexed = _SUBSCRIPTED.fullmatch(name)
        if indexed:
            return f"<msub>{self.name(indexed[1])}<mn>{indexed[2]}</mn></msub>"
        return f"<mi>{html.escape(_LETTERS.get(name, name))}</mi>"

    def derivative(self, whole: Derivative) -> tuple[str, int]:
        """Return a partial derivative as a fraction."""
        rows = [f"<mrow><mi>∂</mi>{self.name(name.name)}</mrow>" for name in (whole.of, whole.by)]
        return f"<mfrac>{''.join(rows)}</mfrac>", PREFIX

    def group(self, inner: str) -> str:
        """Return the same in parentheses that grow with it."""
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"

    def infix(self, symbol: str, left: str, right: str) -> str:
        """Return two operands with the symbol between them."""
        return f"<mrow>{left}<mo>{_MATHML_SYMBOLS.get(symbol, symbol)}</mo>{right}</mrow>"

    def prefix(self, operation: Operation, inner: str) -> str:
        """Return the operation's sign before its operand."""
        sign = _MATHML_SYMBOLS.get(operation.symbol, operation.symbol)
        return f'<mrow><mo form="prefix">{sign}</mo>{inner}</mrow>'

    def fraction(self, a: Formula, b: Formula, first: bool) -> tuple[str, int]:
        """Return a fraction."""
        return f"<mfrac>{self._row(a)}{self._row(b)}</mfrac>", PREFIX

    def _row(self, part: Formula) -> str:
        return f"<mrow>{self.write(part)}</mrow>"

    def power(self, a: Formula, b: Formula) -> tuple[str, int]:
        """Return a with b set high."""
        base = f"<mrow>{self._inside(a, WHOLE)}</mrow>"
        return f"<msup>{base}{self._row(b)}</msup>", POWER

    def cases(self, condition: str, a: str, b: str) -> tuple[str, int]:
        """Return the two cases beside one brace."""
        rows = (
            f"<mtr><mtd>{a}</mtd><mtd><mtext>if\u00a0</mtext>{condition}</mtd></mtr>"
            f"<mtr><mtd>{b}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>"
        )
        brace = '<mo stretchy="true" form="prefix">{</mo>'
        return f'<mrow>{brace}<mtable class="cases">{rows}</mtable></mrow>', SUM

    def call(self, operation: Operation, operands: tuple[Formula, ...]) -> tuple[str, int]:
        """Return a call, a root or bars."""
        inside = [self.write(operand) for operand in operands]
        if operation.form == "root":
            return f"<msqrt>{inside[0]}</msqrt>", WHOLE
        if operation.form == "exponential":
            return f"<msup><mi>e</mi><mrow>{inside[0]}</mrow></msup>", POWER
        root = re.match(r"\\sqrt\[(\d+)\]", operation.latex)
        if root:
            return f"<mroot><mrow>{inside[0]}</mrow><mn>{root[1]}</mn></mroot>", WHOLE
        fences = {"bars": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}.get(operation.form)
        if fences:
            left, right = fences
            return (
                f'<mrow><mo stretchy="true" form="prefix">{left}</mo>{inside[0]}'
                f'<mo stretchy="true" form="postfix">{right}</mo></mrow>',
                WHOLE,
            )
        arguments = self.group("<mo>,</mo>".join(inside))
        return f"<mrow>{_function(operation)}<mo>&#x2061;</mo>{arguments}</mrow>", WHOLE


def _signed(number: str) -> str:
    if number.startswith("-"):
        return f'<mrow><mo form="prefix">\u2212</mo><mn>{number[1:]}</mn></mrow>'
    return f"<mn>{number}</mn>"


def _function(operation: Operation) -> str:
    """Return an operation's name in MathML, read from its name in LaTeX."""
    index = re.search(r"_(?:(\d)|\{(\d+)\})$", operation.latex)
    word = operation.latex[: index.start()] if index else operation.latex
    word = re.sub(r"\\operatorname\*?\{(.*)\}|\\mathrm\{(.*)\}|\\", r"\1\2", word)
    word = _LETTERS.get(word, word) if re.fullmatch(r"\w+", word) else operation.name
    named = f"<mi>{html.escape(word)}</mi>"
    return f"<msub>{named}<mn>{index[1] or index[2]}</mn></msub>" if index else named


TEXT, LATEX, MATHML = TextWriter(), LatexWriter(), MathWriter()


def text(whole: Formula) -> str:
    """Return a formula as plain text in Python's spelling."""
    return TEXT.write(whole)


def latex(whole: Formula) -> str:
    """Return a formula as LaTeX for mathematical mode."""
    return LATEX.write(whole)


def mathml(whole: Formula) -> str:
    """Return a formula as MathML, without the ``<math>`` around it."""
    return MATHML.write(whole)


def math_element(*rows: str, align: str = "center") -> str:
    """Return a whole ``<math>`` element holding rows one below the other."""
    if len(rows) == 1:
        inside = f"<mrow>{rows[0]}</mrow>"
    else:
        cells = "".join(f'<mtr><mtd style="text-align: {align}">{row}</mtd></mtr>' for row in rows)
        inside = f"<mtable>{cells}</mtable>"
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{inside}</math>'
