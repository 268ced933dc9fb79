"""How formulas are written: plain text in Python's spelling, LaTeX and MathML.

Parentheses follow from the rank of the operations, and everything else from the ``form`` of their
rows. Labels are data: each writer escapes them for its own language.
"""

# ruff: noqa: RUF001 - Greek letters are meant to be Greek

from __future__ import annotations

import html
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograd.notation.formula import (
    Adjoint,
    Application,
    Derivative,
    Formula,
    Name,
    Number,
    Partial,
    Slot,
)
from autograd.notation.names import is_accent
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


@dataclass(frozen=True, slots=True)
class Equation:
    """Sides that have one number. The sign after the first is = or +=; a remark may follow."""

    sides: tuple[Formula, ...]
    sign: str = "="
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, of words and formulas, and the equations that stand below it."""

    heading: tuple[str | Formula | Equation, ...]
    equations: tuple[Equation, ...] = ()


class Worked(ABC):
    """Worked formulas: ``str`` gives them as text; a notebook shows them typeset."""

    __slots__ = ()

    @abstractmethod
    def _parts(self) -> Sequence[Part]:
        """Return what is to be written."""

    def __str__(self) -> str:
        blocks = []
        for part in self._parts():
            lines = [TEXT.line(part.heading)]
            written = [TEXT.equation(equation) for equation in part.equations]
            width = min(max([len(left) for left, _ in written], default=0), 16)
            signs = max([len(equation.sign) for equation in part.equations], default=0)
            for (left, rest), equation in zip(written, part.equations, strict=True):
                gap = " " * (signs - len(equation.sign))
                remark = f"   ({equation.remark})" if equation.remark else ""
                lines.append(f"    {left:<{width}}{gap}{rest}{remark}")
            blocks.append("\n".join(lines))
        return ("\n\n" if len(blocks) > 1 else "").join(blocks)

    def _rows(self, write: Writer) -> list[tuple[bool, str]]:
        """Return the lines: whether each is an equation below a heading, and the line."""
        rows = []
        for part in self._parts():
            rows.append((False, write.line(part.heading)))
            for equation in part.equations:
                remark = f" ({equation.remark})" if equation.remark else ""
                rows.append((True, write.line([equation, *([remark] if remark else [])])))
        return rows

    @property
    def latex(self) -> str:
        r"""The same in LaTeX, for mathematical mode."""
        rows = self._rows(LATEX)
        if len(rows) == 1:
            return rows[0][1]
        lines = (("&\\quad " if below else "&") + row for below, row in rows)
        return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    @property
    def mathml(self) -> str:
        """The same as a MathML element."""
        rows = self._rows(MATHML)
        space = '<mspace width="2em"/>'
        return math_element(*[space * below + row for below, row in rows], align="left")


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
            return self.name(whole), WHOLE
        if isinstance(whole, Adjoint):
            return self.name(whole.of, bar=True), WHOLE
        if isinstance(whole, Derivative):
            sign, place = "d", 0
            if isinstance(whole, Partial):
                sign, place = "∂", whole.place
            return self.derivative(sign, place, self.name(whole.of), self.name(whole.by))
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

    def equation(self, equation: Equation) -> tuple[str, str]:
        """Return the left side, and the rest from its sign on; repeated sides are left out."""
        left, *others = map(self.write, equation.sides)
        sides = [each for before, each in pairwise((left, *others)) if each != before]
        rest = self.sign("=").join(sides)
        return left, self.sign(equation.sign) + rest if rest else ""

    def line(self, pieces: Iterable[str | Formula | Equation]) -> str:
        """Return words, formulas and equations one after another."""
        return "".join(
            self.words(piece)
            if isinstance(piece, str)
            else "".join(self.equation(piece))
            if isinstance(piece, Equation)
            else self.write(piece)
            for piece in pieces
        )

    @abstractmethod
    def sign(self, sign: str) -> str:
        """Return = or += as it stands between two sides."""

    @abstractmethod
    def number(self, number: float) -> tuple[str, int]:
        """Return a number and its rank."""

    @abstractmethod
    def name(self, name: Name, bar: bool = False) -> str:
        """Return a node's name, escaped; with a bar it stands for the node's adjoint."""

    @abstractmethod
    def words(self, text: str) -> str:
        """Return words of ours that stand between formulas."""

    def slot(self, index: int, bracketed: bool) -> str:
        """Return a place to be filled in; bracketed where a negative number needs parentheses."""
        return f"{{({index}}}" if bracketed else f"{{{index}}}"

    @abstractmethod
    def derivative(self, sign: str, place: int, of: str, by: str) -> tuple[str, int]:
        """Return the derivative of one node by another (or by operand ``place``), and its rank."""

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

    def sign(self, sign: str) -> str:
        """Return = or += as it stands between two sides."""
        return f" {sign} "

    def number(self, number: float) -> tuple[str, int]:
        """Return a number and its rank."""
        return digits(number, self.precision), WHOLE

    def name(self, name: Name, bar: bool = False) -> str:
        """Return a node's name; one with spaces or operators in it stands in quotes."""
        plain = re.fullmatch(r"[\w#.…\[\]']+", name.name)
        return (name.name if plain else f"'{name.name}'") + ".grad" * bar

    def words(self, text: str) -> str:
        """Return the words."""
        return text

    def derivative(self, sign: str, place: int, of: str, by: str) -> tuple[str, int]:
        """Return dy/dx, or ∂₁y for the first of equal operands."""
        low = "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(place))
        return (f"{sign}{low}{of}" if place else f"{sign}{of}/{sign}{by}"), WHOLE

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
_LATEX_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring",
    "\u030c": "check", "\u20d7": "vec",
}  # fmt: skip
_LATEX_SYMBOLS = {"*": r"\cdot", "<=": r"\leq", ">=": r"\geq", "&": r"\wedge", "|": r"\vee"}


class LatexWriter(Writer):
    """LaTeX for mathematical mode, with what MathJax and KaTeX know too."""

    def sign(self, sign: str) -> str:
        """Return = or += as it stands between two sides."""
        return r" \mathrel{+}= " if sign == "+=" else " = "

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

    def name(self, name: Name, bar: bool = False) -> str:
        """Return a node's name, with an index set low, its path set high, all of it escaped."""
        word, index = name.label, ""
        if indexed := _SUBSCRIPTED.fullmatch(word):
            word, index = indexed[1], f"_{{{indexed[2]}}}"
        if word in _LETTERS or re.fullmatch(r"[A-Za-z]", word):
            written = f"\\{word}" if word in _LETTERS else word
            written = f"\\bar{{{written}}}" if bar else written
        else:
            written = f"{{{self._spelled(word)}}}"
            written = rf"\overline{written}" if bar else written
        path = f"^{{[{self._spelled(name.path)}]}}" if name.path else ""
        return written + index + path

    def _spelled(self, text: str) -> str:
        """Return text letter by letter, each with the marks that are set on it."""
        letters: list[tuple[str, str]] = []  # runs of plain letters, and the marks on the last one
        for character in text:
            if is_accent(character):
                run, marks = letters.pop() if letters else ("", "")
                letters += [(run[:-1], "")] if run[:-1] else []
                letters.append((run[-1:], marks + character))
            elif letters and not letters[-1][1] and _is_plain(letters[-1][0] + character):
                letters[-1] = (letters[-1][0] + character, "")
            else:
                letters.append((character, ""))
        return "".join(self._letter(*letter) for letter in letters)

    def _letter(self, run: str, marks: str) -> str:
        if _is_plain(run):
            run = rf"\mathrm{{{run}}}"
        elif run.isascii():
            escaped = _LATEX_CHARACTERS.get(run)
            run = f"{{{escaped}}}" if escaped else rf"\text{{{run}}}" if run else "{}"
        else:
            run = _LATEX_CHARACTERS.get(run, rf"\text{{{run}}}")
        for mark in marks:
            if accent := _LATEX_ACCENTS.get(mark):
                run = rf"\{accent}{{{run}}}"
            else:  # KaTeX knows no other marks: such a one is named beside its letter
                run = rf"{{{run}}}_{{\mathrm{{U+{ord(mark):04X}}}}}"
        return run

    def words(self, text: str) -> str:
        """Return words for mathematical mode; MathJax knows no escapes within them."""
        return r"\_".join(rf"\text{{{part}}}" for part in text.split("_"))

    def derivative(self, sign: str, place: int, of: str, by: str) -> tuple[str, int]:
        """Return a derivative as a fraction, or with the place of the operand set low."""
        sign = r"\partial " if sign == "∂" else "d"
        if place:
            return rf"{sign}_{{{place}}}{of}".replace(" _", "_"), PREFIX
        return rf"\frac{{{sign}{of}}}{{{sign}{by}}}", PREFIX

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


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isalnum()


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

    def sign(self, sign: str) -> str:
        """Return = or += as it stands between two sides."""
        return f"<mo>{sign}</mo>"

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

    def name(self, name: Name, bar: bool = False) -> str:
        """Return a node's name, with an index set low and its path set high."""
        word, index = name.label, ""
        if indexed := _SUBSCRIPTED.fullmatch(word):
            word, index = indexed[1], f"<mn>{indexed[2]}</mn>"
        written = f"<mi>{html.escape(_LETTERS.get(word, word))}</mi>"
        if bar:
            written = f'<mover accent="true">{written}<mo>\u00af</mo></mover>'
        path = f"<mtext>[{html.escape(name.path)}]</mtext>" if name.path else ""
        kind = "sub" * bool(index) + "sup" * bool(path)
        return f"<m{kind}>{written}{index}{path}</m{kind}>" if kind else written

    def words(self, text: str) -> str:
        """Return words; spaces at their ends would be lost if they could break."""
        spaced = re.sub("^ +| +$", lambda spaces: "\u00a0" * len(spaces[0]), html.escape(text))
        return f"<mtext>{spaced}</mtext>"

    def derivative(self, sign: str, place: int, of: str, by: str) -> tuple[str, int]:
        """Return a derivative as a fraction, or with the place of the operand set low."""
        sign = f"<mi>{sign}</mi>"
        if place:
            return f"<mrow><msub>{sign}<mn>{place}</mn></msub>{of}</mrow>", PREFIX
        return f"<mfrac><mrow>{sign}{of}</mrow><mrow>{sign}{by}</mrow></mfrac>", PREFIX

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
