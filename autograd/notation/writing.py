"""How formulas are written: plain text in Python's spelling, LaTeX and MathML.

Parentheses follow from the rank of the operations, and everything else from the ``form`` of their
rows. Labels are data: each writer escapes them for its own language.
"""

# ruff: noqa: RUF001 - Greek letters are meant to be Greek

from __future__ import annotations

import html
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

from autograd.files import Kept, saved
from autograd.notation.formula import (
    Adjoint,
    Application,
    Constant,
    Derivative,
    Formula,
    Name,
    Number,
    Partial,
    Slot,
)
from autograd.notation.names import is_accent
from autograd.notation.numbers import USUAL_DIGITS, constant, digits, expression
from autograd.notation.pages import page, tex_document
from autograd.table import rows as ops
from autograd.table.operation import Operation
from autograd.wrong_calls import asking

SUM, PRODUCT, PREFIX, POWER, WHOLE = 1, 2, 3, 4, 5  # ranks: what binds stronger is higher


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


class Worked(Kept, ABC):
    """Worked formulas: ``str`` gives them as text; a notebook shows them typeset."""

    __slots__ = ()
    _example = "worked.html"
    _what: ClassVar[str] = "a step"
    digits: int

    @abstractmethod
    def _parts(self) -> Sequence[Part]:
        """Return what is to be written."""

    def _writer(self, usual: Writer) -> Writer:
        """Return the writer for a language, that which shows as many digits as are wanted here."""
        return type(usual)(self.digits)

    def __str__(self) -> str:
        blocks = []
        write = self._writer(TEXT)
        for part in self._parts():
            lines = [write.line(part.heading)]
            written = [write.equation(equation) for equation in part.equations]
            width = min(max([len(left) for left, _ in written], default=0), 16)
            signs = max([len(equation.sign) for equation in part.equations], default=0)
            for (left, rest), equation in zip(written, part.equations, strict=True):
                gap = " " * (signs - len(equation.sign))
                remark = f"   ({equation.remark})" if equation.remark else ""
                lines.append(f"    {left:<{width}}{gap}{rest}{remark}")
            blocks.append("\n".join(lines))
        return ("\n\n" if len(blocks) > 1 else "").join(blocks)

    def _rows(self, usual: Writer) -> list[tuple[bool, str]]:
        """Return the lines: whether each is an equation below a heading, and the line."""
        write = self._writer(usual)
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
        return r"\begin{aligned} " + r" \\ ".join(_aligned(rows)) + r" \end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    @property
    def mathml(self) -> str:
        """The same as a MathML element."""
        rows = self._rows(MATHML)
        space = '<mspace width="2em"/>'
        return math_element(*[space * below + row for below, row in rows], align="left")

    def _paragraphs(self) -> list[tuple[bool, str]]:
        """Return the lines of a page: whether each is an equation, and its HTML."""
        write = self._writer(MATHML)
        lines = []
        for part in self._parts():
            lines.append((False, _prose(write, part.heading)))
            for equation in part.equations:
                remark = f" ({equation.remark})" if equation.remark else ""
                lines.append((True, _prose(write, [equation, remark])))
        return lines

    @asking("worked.save('d.html')")
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a file, completely or not at all.

        Args:
            path: a file name that ends in .txt (text), .tex (a document for LaTeX), .html (a page
                that works offline) or .mml (the MathML element alone).

        Returns:
            The path that was written.

        Raises:
            TypeError: path is not a file name.
            ValueError: the name has another ending.
            OSError: the file cannot be written; what was there before is left as it was.

        Example:
            >>> import os, tempfile
            >>> from autograd import Value, derivation
            >>> x = Value(2.0, label="x")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = derivation(x * x, x).save(os.path.join(folder, "worked.html"))
            ...     path.read_text(encoding="utf-8")[:15]
            '<!doctype html>'
        """
        title = self._what.partition(" ")[2].capitalize()
        kinds: dict[str, Callable[[], str]] = {
            ".txt": lambda: f"{self}\n",
            ".tex": lambda: tex_document(_aligned(self._rows(LATEX))),
            ".html": lambda: page(title, self._paragraphs()),
            ".htm": lambda: page(title, self._paragraphs()),
            ".mml": lambda: self.mathml,
        }
        contents = {ending: _encoded(write) for ending, write in kinds.items()}
        return saved(path, contents, self._what)


def _aligned(rows: Iterable[tuple[bool, str]]) -> list[str]:
    return [("&\\quad " if below else "&") + row for below, row in rows]


def _prose(write: Writer, pieces: Iterable[str | Formula | Equation]) -> str:
    """Return HTML that may break between words, and before the sign of a side."""
    written = []
    for piece in pieces:
        if isinstance(piece, Equation):
            first, *others = write.sides(piece)
            signs = [write.equals[piece.sign], *[write.equals["="]] * len(others)]
            sides = [first, *[sign + side for sign, side in zip(signs, others, strict=False)]]
            written.append(" ".join(map(inline_math, sides)))
        elif isinstance(piece, str):
            written.append(html.escape(piece))
        else:
            written.append(inline_math(write.write(piece)))
    return "".join(written)


def _encoded(write: Callable[[], str]) -> Callable[[], bytes]:
    return lambda: write().encode()


class Writer(ABC):
    """Writes formulas in one language; all languages share the rules for parentheses.

    A language has templates, in which %s stands for what is written already, and methods that write
    numbers, names and calls.

    Attributes:
        group, infix, prefix, power, fraction: templates for operands and the sign between them.
        cases: a template for a where the condition holds and b elsewhere, and its rank.
        forms: by the form of a row (a root, bars), a template for its operand.
        signs: how signs are written that are not written as in Python.
        equals: templates for = and += between two sides.
        is_linear: true where a fraction and an exponent stand in the line.
    """

    group, infix, prefix, power, fraction = "(%s)", "%s %s %s", "%s%s", "%s**%s", "%s / %s"
    cases: tuple[str, int] = ("where(%(condition)s, %(a)s, %(b)s)", WHOLE)
    forms: ClassVar[Mapping[str, str]] = {}
    signs: ClassVar[Mapping[str, str]] = {}
    equals: ClassVar[Mapping[str, str]] = {"=": " = ", "+=": " += "}
    is_linear = False

    def __init__(self, precision: int = USUAL_DIGITS) -> None:
        self.precision = precision

    def write(self, whole: Formula) -> str:
        """Return the formula written out."""
        return self._set(whole)[0]

    def _set(self, whole: Formula, first: bool = True) -> tuple[str, int]:
        """Return the formula written out, and its rank.

        ``first`` is true where a minus sign may come first, as nothing stands before it.
        """
        if isinstance(whole, Constant):
            found = expression(whole.number)
            if found is not None:
                return self._set(found, first)
            return self._numeral(constant(whole.number, self.precision))
        if isinstance(whole, Number):
            return self._numeral(digits(whole.number, self.precision))
        if isinstance(whole, Name):
            return self.name(whole), WHOLE
        if isinstance(whole, Adjoint):
            return self.name(whole.of, bar=True), WHOLE
        if isinstance(whole, Derivative):
            place = whole.place if isinstance(whole, Partial) else None
            return self._derivative(place, self.name(whole.of), self.name(whole.by)), PREFIX
        if isinstance(whole, Slot):
            return f"{{{'' if first else '('}{whole.index}}}", WHOLE  # ( where a minus needs them
        assert isinstance(whole, Application)
        operation, operands = whole.operation, whole.operands
        if operation is ops.select:
            parts = dict(zip(("condition", "a", "b"), map(self.write, operands), strict=True))
            return self.cases[0] % parts, self.cases[1]
        if operation.form == "infix":
            return self._set_infix(whole, first)
        if operation.form == "prefix":
            return self.prefix % (self._sign(operation), self._inside(operands[0], PRODUCT)), SUM
        if operation.form == "fraction":
            a, b = map(self.write, operands)
            if self.is_linear:
                a, b = self._inside(operands[0], PRODUCT, first), self._inside(operands[1], PREFIX)
            return self.fraction % (a, b), PRODUCT if self.is_linear else PREFIX
        if operation.form == "power":
            exponent = self._inside(operands[1], POWER if self.is_linear else 0, True)
            return self.power % (self._inside(operands[0], WHOLE), exponent), POWER
        inside = [self.write(operand) for operand in operands]
        if operation.form in self.forms:
            rank = POWER if operation.form == "exponential" else WHOLE
            return self.forms[operation.form] % inside[0], rank
        return self._call(whole, inside)

    def _set_infix(self, whole: Application, first: bool) -> tuple[str, int]:
        operation = whole.operation
        sign = self._sign(operation)
        if operation in (ops.less, ops.less_equal):
            a, b = reversed(whole.operands) if whole.flipped else whole.operands
            if whole.flipped:
                symbol = operation.symbol.replace("<", ">")
                sign = self.signs.get(symbol, symbol)
            return self.infix % (self._inside(a, SUM, True), sign, self._inside(b, SUM, True)), 0
        rank = operation.rank
        if not rank and not operation.is_condition:  # in brackets itself beside any other sign
            left, right = [self._inside(operand, PREFIX) for operand in whole.operands]
            return self.infix % (left, sign, right), rank
        left = self._inside(whole.operands[0], max(rank, SUM), first)
        least = rank + (operation is ops.subtract) if rank else SUM
        return self.infix % (left, sign, self._inside(whole.operands[1], least)), rank

    def _sign(self, operation: Operation) -> str:
        return self.signs.get(operation.symbol, operation.symbol)

    def _inside(self, part: Formula, least: int, first: bool = False) -> str:
        """Return a part, in parentheses where its rank is below what surrounds it."""
        first = first and least <= PRODUCT
        written, rank = self._set(part, first)
        if isinstance(part, Slot):
            return written
        if _begins_with_minus(part):
            return written if first else self.group % written
        return written if rank >= least else self.group % written

    def bracketed(self, part: Formula) -> str:
        """Return a part as it stands between signs, in parentheses unless it is a name or so."""
        return self._inside(part, WHOLE)

    def equation(self, equation: Equation) -> tuple[str, str]:
        """Return the left side, and the rest from its sign on; repeated sides are left out."""
        left, *others = self.sides(equation)
        return left, self.equals[equation.sign] + self.equals["="].join(others) if others else ""

    def sides(self, equation: Equation) -> list[str]:
        """Return the sides, without those that repeat what stands before them."""
        left, *others = map(self.write, equation.sides)
        return [left, *[each for before, each in pairwise((left, *others)) if each != before]]

    def line(self, pieces: Iterable[str | Formula | Equation]) -> str:
        """Return words, formulas and equations one after another."""
        written: list[str] = []
        for piece in pieces:
            if isinstance(piece, Equation):
                written += self.equation(piece)
            else:
                written.append(self.words(piece) if isinstance(piece, str) else self.write(piece))
        return "".join(written)

    def words(self, text: str) -> str:
        """Return words of ours that stand between formulas."""
        return text

    @abstractmethod
    def name(self, name: Name, bar: bool = False) -> str:
        """Return a node's name, escaped; with a bar it stands for the node's adjoint."""

    @abstractmethod
    def _numeral(self, written: str) -> tuple[str, int]:
        """Return a number, as ``digits`` writes it, in this language, and its rank."""

    @abstractmethod
    def _derivative(self, place: int | None, of: str, by: str) -> str:
        """Return dy/dx; a local one if ``place`` is not None, by that operand if it is not 0."""

    @abstractmethod
    def _call(self, whole: Application, inside: list[str]) -> tuple[str, int]:
        """Return an operation that has no form of its own on its operands, and its rank."""


def _begins_with_minus(part: Formula) -> bool:
    if isinstance(part, Number):
        return part.number < 0.0
    return isinstance(part, Application) and part.operation.form == "prefix"


class TextWriter(Writer):
    """Plain text in Python's spelling."""

    is_linear = True

    def name(self, name: Name, bar: bool = False) -> str:
        """Return a node's name; one with spaces or operators in it stands in quotes."""
        plain = re.fullmatch(r"[\w#.…\[\]']+", name.name)
        return (name.name if plain else f"'{name.name}'") + ".grad" * bar

    def _numeral(self, written: str) -> tuple[str, int]:
        return written, WHOLE

    def _derivative(self, place: int | None, of: str, by: str) -> str:
        if place:
            return f"∂{str(place).translate(_LOW)}{of}"
        return f"d{of}/d{by}" if place is None else f"∂{of}/∂{by}"

    def _call(self, whole: Application, inside: list[str]) -> tuple[str, int]:
        return f"{whole.operation.symbol}({', '.join(inside)})", WHOLE


_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_SPELLED = {letter: name for name, letter in _LETTERS.items()}
_SUBSCRIPTED = re.compile(r"([^\W\d_]|" + "|".join(_LETTERS) + r")_?(\d{1,4})")
_LATEX_CHARACTERS = {character: "\\" + character for character in "{}$&#%_"} | {
    "\\": r"\backslash ",
    "^": r"\hat{}",
    "~": r"\sim ",
    " ": r"\ ",
    "…": r"\ldots ",
    **{letter: f"\\{name} " for letter, name in _SPELLED.items()},  # pdfTeX has no θ in its fonts
}
_LATEX_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring",
    "\u030c": "check", "\u20d7": "vec",
}  # fmt: skip


class LatexWriter(Writer):
    """LaTeX for mathematical mode, limited to what MathJax and KaTeX know too."""

    group, power, fraction = r"\left(%s\right)", "{%s}^{%s}", r"\frac{%s}{%s}"
    cases = (
        r"\begin{cases} %(a)s & \text{if } %(condition)s \\ %(b)s & \text{otherwise} \end{cases}",
        SUM,
    )
    forms: ClassVar[Mapping[str, str]] = {
        "root": r"\sqrt{%s}",
        "exponential": "e^{%s}",
        "bars": r"\left|%s\right|",
        "floor": r"\left\lfloor %s\right\rfloor ",
        "ceil": r"\left\lceil %s\right\rceil ",
    }
    signs: ClassVar[Mapping[str, str]] = {
        "*": r"\cdot",
        "<=": r"\leq",
        ">=": r"\geq",
        "&": r"\wedge",
        "|": r"\vee",
        "//": r"\operatorname{div}",
        "%": r"\operatorname{mod}",
    }
    equals: ClassVar[Mapping[str, str]] = {"=": " = ", "+=": r" \mathrel{+}= "}

    def name(self, name: Name, bar: bool = False) -> str:
        """Return a node's name, with an index set low, its path set high, all of it escaped."""
        word, index = name.label, ""
        if indexed := _SUBSCRIPTED.fullmatch(word):
            word, index = indexed[1], f"_{{{indexed[2]}}}"
        word = _SPELLED.get(word, word)
        if word in _LETTERS or re.fullmatch(r"[A-Za-z]", word):
            written = f"\\{word}" if word in _LETTERS else word
            written = f"\\bar{{{written}}}" if bar else written
        else:
            written = (r"\overline" if bar else "") + f"{{{self._spelled(word)}}}"
        return written + index + (f"^{{[{self._spelled(name.path)}]}}" if name.path else "")

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

    def _numeral(self, written: str) -> tuple[str, int]:
        if written == "nan":
            return r"\mathrm{nan}", WHOLE
        if written.endswith("inf"):
            return written.replace("inf", r"\infty "), WHOLE
        mantissa, e, exponent = written.partition("e")
        return (rf"{mantissa} \times 10^{{{exponent}}}", PRODUCT) if e else (written, WHOLE)

    def _derivative(self, place: int | None, of: str, by: str) -> str:
        if place:
            return rf"\partial_{{{place}}}{of}"
        sign = "d" if place is None else r"\partial "
        return rf"\frac{{{sign}{of}}}{{{sign}{by}}}"

    def _call(self, whole: Application, inside: list[str]) -> tuple[str, int]:
        operation = whole.operation
        if operation.form == "latex":
            filled = _filled(operation.latex, inside, [*map(self.bracketed, whole.operands)])
            if filled != operation.latex:
                is_one = operation.rank < WHOLE or _CLOSED.search(operation.latex)
                return filled, operation.rank if is_one else SUM
        name = operation.latex
        if name.startswith(r"\operatorname{"):
            name = name.replace("_", r"\_")
        return name + self.group % ", ".join(inside), WHOLE


# A template that looks like one thing, whatever stands before and after it.
_CLOSED = re.compile(r"^\\sqrt|[)\]|] *$|\\r(floor|ceil|vert|Vert|angle) *$")


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _filled(template: str, operands: list[str], bracketed: list[str]) -> str:
    """Put operands in the places {0}, {1}, ...; every other brace is LaTeX's own.

    An operand that no braces or brackets of the template enclose is taken from ``bracketed``.
    """

    def put(place: re.Match[str]) -> str:
        index = int(place[1])
        if index >= len(operands):
            return place[0]
        before, after = template[: place.start()], template[place.end() :]
        opens, closes = r"[{(\[|,;] *$", r" *(\\right|[})\]|,;])"
        is_enclosed = re.search(opens, before) and re.match(closes, after)
        operand = operands[index] if is_enclosed else bracketed[index]
        follows_command = re.search(r"\\[A-Za-z]+$", before)
        return f" {operand}" if follows_command and operand[:1].isalpha() else operand

    return re.sub(r"\{(\d+)\}", put, template)


class MathWriter(Writer):
    """MathML Core, which every browser draws."""

    group, infix = "<mrow><mo>(</mo>%s<mo>)</mo></mrow>", "<mrow>%s<mo>%s</mo>%s</mrow>"
    prefix = '<mrow><mo form="prefix">%s</mo>%s</mrow>'
    power = "<msup><mrow>%s</mrow><mrow>%s</mrow></msup>"
    fraction = "<mfrac><mrow>%s</mrow><mrow>%s</mrow></mfrac>"
    cases = (
        '<mrow><mo stretchy="true" form="prefix">{</mo><mtable class="cases">'
        "<mtr><mtd>%(a)s</mtd><mtd><mtext>if\u00a0</mtext>%(condition)s</mtd></mtr>"
        "<mtr><mtd>%(b)s</mtd><mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow>",
        SUM,
    )
    forms: ClassVar[Mapping[str, str]] = {
        "root": "<msqrt>%s</msqrt>",
        "exponential": "<msup><mi>e</mi><mrow>%s</mrow></msup>",
    } | {
        form: f'<mrow><mo stretchy="true" form="prefix">{left}</mo>%s'
        f'<mo stretchy="true" form="postfix">{right}</mo></mrow>'
        for form, left, right in (("bars", "|", "|"), ("floor", "⌊", "⌋"), ("ceil", "⌈", "⌉"))
    }
    signs: ClassVar[Mapping[str, str]] = {
        "-": "\u2212", "*": "\u22c5", "<": "&lt;", ">": "&gt;", "<=": "\u2264", ">=": "\u2265",
        "&": "\u2227", "|": "\u2228", "//": "div", "%": "mod",
    }  # fmt: skip
    equals: ClassVar[Mapping[str, str]] = {"=": "<mo>=</mo>", "+=": "<mo>+=</mo>"}

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

    def _numeral(self, written: str) -> tuple[str, int]:
        if written == "nan":
            return "<mtext>nan</mtext>", WHOLE
        mantissa, e, exponent = written.replace("inf", "∞").partition("e")
        if not e:
            return _signed(mantissa), WHOLE
        power = f"<msup><mn>10</mn>{_signed(exponent)}</msup>"
        return f"<mrow>{_signed(mantissa)}<mo>\u00d7</mo>{power}</mrow>", PRODUCT

    def _derivative(self, place: int | None, of: str, by: str) -> str:
        sign = "<mi>d</mi>" if place is None else "<mi>∂</mi>"
        if place:
            return f"<mrow><msub>{sign}<mn>{place}</mn></msub>{of}</mrow>"
        return self.fraction % (sign + of, sign + by)

    def _call(self, whole: Application, inside: list[str]) -> tuple[str, int]:
        operation = whole.operation
        if root := re.match(r"\\sqrt\[(\d+)\]", operation.latex):
            return f"<mroot><mrow>{inside[0]}</mrow><mn>{root[1]}</mn></mroot>", WHOLE
        arguments = self.group % "<mo>,</mo>".join(inside)
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


_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
text, latex, mathml = TEXT.write, LATEX.write, MATHML.write


def inline_math(row: str) -> str:
    """Return a ``<math>`` element that stands in a line of HTML, with fractions of full size."""
    return f'<math xmlns="{_NAMESPACE}" displaystyle="true"><mrow>{row}</mrow></math>'


def math_element(*rows: str, align: str = "center") -> str:
    """Return a whole ``<math>`` element holding rows one below the other."""
    if len(rows) == 1:
        inside = f"<mrow>{rows[0]}</mrow>"
    else:
        cells = "".join(f'<mtr><mtd style="text-align: {align}">{row}</mtd></mtr>' for row in rows)
        inside = f"<mtable>{cells}</mtable>"
    return f'<math xmlns="{_NAMESPACE}" display="block">{inside}</math>'
