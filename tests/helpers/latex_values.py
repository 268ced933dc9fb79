"""LaTeX of one row, read back as an expression in the spelling of formula_values."""

import re

from autograd.notation.formula import Application, Name
from autograd.notation.writing import latex
from autograd.table.operation import TABLE

NAME = r"(?:v_\{\d+\}|[a-zA-Z](?![a-zA-Z]))"
WORDS = [  # names of derivatives, as text has them
    (rf"\\frac\{{\\partial ({NAME})\}}\{{\\partial ({NAME})\}}", r"∂\1/∂\2"),
    (rf"\\frac\{{d({NAME})\}}\{{d({NAME})\}}", r"d\1/d\2"),
    (rf"\\partial_\{{1\}}({NAME})", r"∂₁\1"),
    (rf"\\partial_\{{2\}}({NAME})", r"∂₂\1"),
    (rf"\\partial_\{{3\}}({NAME})", r"∂₃\1"),
    (r"\\bar\{(\w)\}((?:_\{\d+\})?)", r"\1\2.grad"),
]
SIGNS = {
    r"\cdot": "*", r"\times": "*", r"\leq": "<=", r"\geq": ">=", r"\wedge": "&", r"\vee": "|",
    r"\operatorname{mod}": "%", r"\operatorname{div}": "//", r"\mathrel{+}=": "+=",
    r"\infty": "inf", r"\mathrm{nan}": "nan", r"\pi": "pi", r"\quad": "", "&": "", r"\ ": " ",
}  # fmt: skip
FENCES = {"(": "(", "|": "abs(", r"\lfloor": "floor(", r"\lceil": "ceil("}


def heads():
    """What stands before the brackets of each operation, and its name in the table."""
    found = {}
    for row in TABLE.values():
        whole = latex(Application(row, tuple(Name(each, 1.0) for each in row.parameters)))
        if not whole.startswith(r"\left") and whole.endswith(r"\right)"):
            found[whole.partition(r"\left(")[0]] = row.symbol
    return found


HEADS = heads()
TOKENS = re.compile(
    "|".join(re.escape(head) for head in sorted([*HEADS, *SIGNS], key=len, reverse=True) if head)
    + r"|⟦[^⟧]*⟧|\\(?:begin|end)\{cases\}|\\text\{[^}]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S| "
)


class Power(str):
    """A power, on which no other exponent may be set without brackets."""


class Row:
    """A row that is read token by token."""

    def __init__(self, row):
        for pattern, put in WORDS:
            row = re.sub(pattern, rf"⟦{put}⟧", row)
        row = re.sub(r"\\psi\^\{\((\d)\)\}\\left\(", r"⟦polygamma⟧\\left(\1, ", row)
        self.tokens = TOKENS.findall(row)

    def group(self):
        """Return what stands in braces, or the one token."""
        first = self.tokens.pop(0)
        return self.until("}") if first == "{" else first

    def until(self, *ends):
        out = []
        while self.tokens:
            token = self.tokens.pop(0)
            if token in ends:
                break
            if token == "{":
                out.append(self.until("}"))
            elif token == "^":
                base, exponent = out.pop(), self.group()
                assert not isinstance(base, Power), "two exponents on one base"
                out.append(
                    Power(f"exp({exponent})" if base == "e" else f"(({base})**({exponent}))")
                )
            elif token == "_":
                out.append(out.pop() + self.group())
            elif token == r"\frac":
                above = self.group()
                out.append(f"(({above})/({self.group()}))")
            elif token == r"\sqrt":
                is_cubic = self.tokens[:3] == ["[", "3", "]"]
                del self.tokens[: 3 * is_cubic]
                out.append(f"{'cbrt' if is_cubic else 'sqrt'}({self.group()})")
            elif token == r"\left":
                fence = FENCES[self.tokens.pop(0)]
                out.append(f"{fence}{self.until('RIGHT')})")
            elif token == r"\right":
                self.tokens.pop(0)
                break
            elif token == r"\begin{cases}":
                first, condition = self.until(r"\text{if }"), self.until(r"\\")
                out.append(
                    f"where({condition}, {first}, {self.until(chr(92) + 'text{otherwise}')})"
                )
                self.until(r"\end{cases}")
            elif token.startswith(r"\text{"):
                out.append(token[6:-1])
            elif token[0] == "⟦":
                out.append(re.sub(r"_\{(\d+)\}", r"\1", token[1:-1]))
            elif token in HEADS:
                out.append(HEADS[token])
            else:
                sign = SIGNS.get(token, token)
                out.append(f" {sign} " if token in SIGNS and not sign.isalpha() else sign)
        return out[0] if len(out) == 1 else "".join(out)


def rows_of(latex):
    """Every row of a derivation or of a step."""
    inside = latex.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    return [Row(row).until() for row in re.split(r" \\\\ (?=&)", inside)]
