"""The command line: every step of the chain rule for one formula.

python -m autograd "tanh(w*x + b)" w=0.5 x=2 b=-1
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, count
from textwrap import wrap

from autograd.differences import Slope, slope
from autograd.engine.reductions import sum as balanced_sum
from autograd.engine.value import Value
from autograd.errors import AutogradError, ExpressionError
from autograd.notation.expression import Expression, functions, is_name, normal, read
from autograd.notation.names import CONSTANTS
from autograd.notation.numbers import MOST_DIGITS, USUAL_DIGITS, digits
from autograd.wording import counted

HELP = """\
usage: python -m autograd FORMULA [NAME=NUMBER ...] [--digits N] [--save FILE]

Differentiates a formula: prints the forward pass, every application of the
chain rule in the order backward takes, and the gradients beside central
differences.

  FORMULA       numbers, names, + - * / **, brackets and functions: tanh(w*x + b);
                also 2x, x^2, |x|, pi, max(x, y), where(x > 0, a, b)
  NAME=NUMBER   a number for each name: x=2  b=-1  eps=1e-3  third=1/3
  --save FILE   also write a picture (.svg, .png, .dot), or a page in which to
                walk the steps (.html)
  --digits N    show N digits of numbers, from 1 to 17; 4 where it is left out
  --            what follows is no option, whatever it begins with

examples:
  python -m autograd "tanh(w*x + b)" w=0.5 x=2 b=-1
  python -m autograd "-x**2" x=3
  python -m autograd "(sigmoid(w*x) - t)**2" w=1.5 x=2 t=1 --save loss.svg
  python -m autograd "log(1 + exp(a*b))" a=2 b=-1 --save walk.html
"""
COLUMNS, INDENT = 80, " " * 4  # of a terminal
MOST_NAMES = 20  # by each of which differences are taken
# Constants by names that they have elsewhere, and the numbers of what is no name of a variable.
CONSTANTS_ELSEWHERE = {"PI": "pi", "Pi": "pi", "E": "e", "tau": "(2*pi)", "τ": "(2*pi)"}
NO_NAMES = {"inf": "inf", "infinity": "inf", "Infinity": "inf", "nan": "nan", "NaN": "nan"}
GOLDEN = 0.6180339887498949
PICTURES, PAGES = (".svg", ".png", ".dot"), (".html",)


class CommandError(AutogradError, ValueError):
    """What was asked on the command line cannot be done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, or 2 after a line on stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without Greek still shows the rest
            stream.reconfigure(errors="replace")
    options = given[: given.index("--")] if "--" in given else given
    try:
        if not given or "--help" in options or given == ["-h"]:  # with numbers: minus h
            _print(HELP)
            return 0
        written, numbers, file, shown = _understood(given)
        expression, inputs = _inputs(written, numbers)
        root = _root(expression, inputs)
        _print("".join(f"{line}\n" for line in _report(expression, inputs, root, shown)))
        if file is not None:  # only after the report: a failure leaves no file behind
            _save(root, file, shown)
            _print(f"\nSaved {file}\n")
    except AutogradError as error:
        print(f"python -m autograd: {_one_line(error)}", file=sys.stderr)
        return 2
    return 0


def _print(text: str) -> None:
    """Write all of a text to stdout; it is no error if the reader closes the pipe."""
    if sys.stdout is None:  # it was closed when Python began
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # as with head or less
            raise CommandError(f"stdout cannot be written: {error.strerror or error}") from None


# -- what was asked ----------------------------------------------------------------------------


def _understood(arguments: list[str]) -> tuple[str, list[str], str | None, int]:
    """Return the formula, the inputs as they were written, the file to save, and how many digits.

    argparse would treat a formula that begins with a minus as an option.
    """
    formula: str | None = None
    file: str | None = None
    shown = USUAL_DIGITS
    inputs: list[str] = []
    options, rest = True, iter(arguments)
    for argument in rest:
        if options and argument == "--":  # what follows begins with a minus and is no option
            options = False
        elif options and (argument == "--save" or argument.startswith("--save=")):
            if file is not None:
                raise CommandError("--save is given twice; one file at a time")
            file = next(rest, "") if argument == "--save" else argument.removeprefix("--save=")
            _check_file(file)
        elif options and (argument == "--digits" or argument.startswith("--digits=")):
            text = next(rest, "") if argument == "--digits" else argument.removeprefix("--digits=")
            if not text.isdecimal() or not 1 <= int(text) <= MOST_DIGITS:
                raise CommandError(
                    f"--digits {text!r}: write a whole number from 1 to {MOST_DIGITS}, "
                    f"as --digits 8"
                )
            shown = int(text)
        elif formula is None:
            formula = argument
        elif options and argument.startswith("-") and (argument[:2] == "--" or "=" not in argument):
            more = f"; for a number write {argument[2:]}" if "=" in argument else ""
            raise CommandError(
                f"there is no option {argument!r}; the options: --digits, --save, --help{more}"
            )
        else:
            inputs.append(argument)
    if formula is None:
        raise CommandError("there is no formula; write for example 'tanh(w*x + b)' first")
    return formula, inputs, file, shown


def _check_file(file: str) -> None:
    suffix = os.path.splitext(file)[1].lower()
    if suffix not in PICTURES + PAGES:
        known = ", ".join(PICTURES + PAGES)
        way = "; a browser prints the .html as PDF" if suffix == ".pdf" else ""
        raise CommandError(f"--save {file!r}: the file's name must end in one of {known}{way}")
    folder = os.path.dirname(file) or "."
    if os.path.isdir(file):
        raise CommandError(f"--save {file!r}: this is a folder")
    if not os.path.isdir(folder):
        raise CommandError(f"--save {file!r}: there is no folder {folder!r}")
    if not os.access(file if os.path.exists(file) else folder, os.W_OK):
        raise CommandError(f"--save {file!r}: writing there is not permitted")


def _inputs(formula: str, written: list[str]) -> tuple[Expression, dict[str, Value]]:
    """Return the formula, and a labelled Value for each of its names."""
    numbers: dict[str, float] = {}
    for text in written:
        name, equals, number = text.partition("=")
        name = normal(name.strip())
        if not equals:
            is_spaced = any(part.startswith("=") for part in written)
            raise CommandError(
                f"{text!r} is not of the form name=number, such as x=2"
                + ", without spaces around the =" * is_spaced
            )
        if not is_name(name):
            raise CommandError(f"{text!r}: {name!r} cannot be a name in a formula")
        if name in numbers:
            raise CommandError(f"{name} is given twice; one number for each name")
        numbers[name] = _number(text, number)
    expression = read(formula, list(numbers))
    missing = [name for name in expression.names if name not in numbers]
    if missing:
        for name in missing:
            if parts := _parts(name, [*numbers], missing):
                raise CommandError(f"{name} is read as one name; write {parts}, or add {name}=1")
        what = "a number" if len(missing) == 1 else "numbers"
        more = f" and {len(missing) - MOST_NAMES} more" if len(missing) > MOST_NAMES else ""
        example = " ".join(f"{name}={NO_NAMES.get(name, 1)}" for name in missing[:MOST_NAMES])
        names = ", ".join(missing[:MOST_NAMES])
        other = [name for name in numbers if name.swapcase() in missing]
        case = f" ({other[0]} is another name than {other[0].swapcase()})" if other else ""
        raise CommandError(f"{what} for {names}{more} must be given{case}; add {example}{more}")
    for name in numbers:
        if name not in expression.names:
            raise CommandError(f"{name} does not appear in {formula!r}; leave it out or use it")
    if not expression.names:
        raise CommandError(
            f"{formula!r} has no names, so there is nothing to differentiate; "
            f"write for example 'x**2' x=3"
        )
    return expression, {name: Value(numbers[name], label=name) for name in expression.names}


def _parts(name: str, given: Sequence[str], missing: Sequence[str]) -> str:
    """Return what a name may have been meant as: sinx, sin2x, xy and x2, and constants' names."""
    found = [CONSTANTS_ELSEWHERE[name]] if name in CONSTANTS_ELSEWHERE else []
    known = [*given, *missing]
    for place in range(1, len(name)):
        first, rest = name[:place], name[place:]
        is_known = rest in known or rest in CONSTANTS
        if first in functions() and (is_known or rest.lstrip("0123456789") in ("", *known)):
            found.append(f"{first}({rest})")
        elif (first in known or first in CONSTANTS) and is_known:
            found.append(f"{first}*{rest}")
        elif first in given and rest.isdecimal() and int(rest) > 1:
            found += [f"{first}**{rest}", f"{rest}*{first}"]
    return " or ".join(found)


def _number(text: str, written: str) -> float:
    try:
        number = float(written)
    except ValueError:
        pass
    else:
        if math.isinf(number) and any(letter.isdigit() for letter in written):
            raise CommandError(f"{text!r}: the number is too large for a float (at most 1.8e308)")
        return number
    try:
        formula: Expression | None = read(written)
    except ExpressionError:
        formula = None
    if formula is None or formula.names:
        raise CommandError(f"{text!r}: {written!r} is not a number{_way_to_a_number(text)}")
    return float(formula({}))


def _way_to_a_number(text: str) -> str:
    """Return how inputs in one pair of quotes, degrees and a decimal comma are written."""
    if text.endswith("="):
        return f"; write it right after the =, as in {text}1"
    each = text.replace(",", " ").split()
    if len(each) > 1 and all("=" in part for part in each):
        return f"; several go each by itself, without quotes around them: {' '.join(each)}"
    if text.endswith((",", ";")) and _is_number(text.partition("=")[2][:-1]):
        return f"; no comma stands between them: {text[:-1]}"
    name, _, written = text.partition("=")
    for unit in ("deg", "\N{DEGREE SIGN}"):
        if _is_number(written.removesuffix(unit)):
            return f"; functions take radians: {name}={written.removesuffix(unit)}*pi/180"
    if text.count(",") == 1 and _is_number(written.replace(",", ".")):
        return f"; the decimal sign is a point: {text.replace(',', '.')}"
    return ""


def _is_number(written: str) -> bool:
    try:
        float(written)
    except ValueError:
        return False
    return True


def _root(expression: Expression, inputs: dict[str, Value]) -> Value:
    root = expression(inputs)
    if not isinstance(root, Value):  # where() took a branch without a name
        raise CommandError(
            f"{expression.text!r} is the plain number {root!r} here: its inputs stand in a "
            f"condition alone, so there is nothing to differentiate; write for example "
            f"'where(x > 0, x, 0)' x=1"
        )
    if not root.is_leaf:
        names = chain(("y", "f", "result"), map("y{}".format, count()))
        root.label = next(name for name in names if name not in inputs)
    root.backward()
    return root


def _save(root: Value, file: str, shown: int) -> None:
    """Write a picture or a page; an error leaves no partial file."""
    try:
        if file.lower().endswith(PAGES):
            from autograd.explorer.page_file import explore

            explore(root, digits=shown).save(file)
        else:
            from autograd.render import graph

            graph(root, digits=shown).save(file)
    except OSError as error:
        raise CommandError(f"--save {file!r}: {error.strerror or error}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


# -- what is printed ---------------------------------------------------------------------------


def _report(
    expression: Expression, inputs: dict[str, Value], root: Value, shown: int
) -> Iterator[str]:
    from autograd.explorer.chain_rule import forward_steps, steps

    name = root.label
    numbers = [f"{label} = {digits(value.data, max(6, shown))}" for label, value in inputs.items()]
    yield f"{name} = {expression.text}" if not root.is_leaf else expression.text
    place = f"at {', '.join(numbers)}"
    yield from wrap(place, COLUMNS, initial_indent=INDENT, subsequent_indent=f"{INDENT}   ")
    if expression.constants:
        constants = [f"{label} = {value:.6g}..." for label, value in expression.constants.items()]
        yield f"    where {', '.join(constants)}"
    yield ""
    yield "Forward pass"
    yield ""
    if root.is_leaf:
        yield f"    nothing to compute: the formula is the input {name}"
    for forward in forward_steps(root, digits=shown):
        yield from _folded(f"    {forward}")
    yield ""
    yield f"Backward pass, from {name}.grad = 1"
    yield f"(v.grad: d{name}/dv over all paths; ∂v/∂u: one operation, its other operands held)"
    for step in steps(root, digits=shown):
        yield ""
        for line in str(step).splitlines():
            yield from _folded(f"    {line}")
    yield ""
    yield f"Gradients of {name}"
    yield ""
    yield from _table(expression, inputs, root, shown)


def _folded(line: str) -> Iterator[str]:
    """Yield a chain of equations in lines of 80 columns, with the equal signs aligned."""
    place = line.find("= ")
    if len(line) <= COLUMNS or place < 0:
        yield line
        return
    first, *sides = line[place:].split(" = ")
    current = line[:place] + first
    for side in sides:
        if len(current) + 3 + len(side) > COLUMNS:
            yield current
            current = f"{' ' * place}= {side}"
        else:
            current += f" = {side}"
    yield current


def _table(
    expression: Expression, inputs: dict[str, Value], root: Value, shown: int
) -> Iterator[str]:
    """Yield a table of gradients and finite differences, then the remarks.

    Where there are very many inputs, one difference is taken in which all of them move at once.
    """
    from autograd.explorer.explanation import explain

    numbers = {name: value.data for name, value in inputs.items()}
    directions = {name: {name: 1.0} for name in inputs}
    few, many = (partial(digits, precision=max(least, shown)) for least in (6, 10))
    if len(inputs) > MOST_NAMES:
        steps = {name: 1.0 - index * GOLDEN % 0.5 for index, name in enumerate(inputs)}
        directions = {"all at once": steps}
        values = [(n, few(v.data), many(v.grad)) for n, v in inputs.items()]
        yield from _columns([("input", "number", "by backward"), *values])
        yield ""
    rows = [("input", "number", "by backward", "by differences", "agreement")]
    notes: list[str] = []
    for name, steps in directions.items():

        def function(moved: float, steps: Mapping[str, float] = steps, name: str = name) -> float:
            if len(steps) == 1:
                return float(expression({**numbers, name: moved}))
            return float(expression({n: at + moved * steps[n] for n, at in numbers.items()}))

        found = slope(function, numbers.get(name, 0.0))
        derivative = balanced_sum(step * inputs[n].grad for n, step in steps.items())
        if found.remark:
            notes.append(f"note on {name}: {found.remark}")
        if len(steps) == 1 and math.isnan(inputs[name].grad):
            notes.append(f"why {name}.grad is nan: {explain(root, inputs[name]).reason}")
        elif len(steps) == 1 and not found.remark and not found.agrees(derivative):
            reason = explain(root, inputs[name], digits=shown).reason
            notes += [f"on {name}.grad: {reason}"] * bool(reason)
        difference = "none" if math.isnan(found.central) else digits(found.central, 10)
        at = few(numbers[name]) if name in numbers else ""
        rows.append((name, at, many(derivative), difference, _agreement(found, derivative)))
    yield from _columns(rows)
    if notes:
        yield ""
        for note in notes:
            yield from wrap(note, COLUMNS, initial_indent=INDENT, subsequent_indent=f"{INDENT}  ")


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as text: numbers are aligned to the right, other cells to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:4], widths[1:4], strict=True)]
        yield f"    {'   '.join([*cells, *row[4:]])}"


def _agreement(found: Slope, derivative: float) -> str:
    shared = found.digits(derivative)
    if found.remark:
        return "see the note"
    if math.isnan(derivative):
        return "see below"
    if shared >= 16:
        return "all digits"
    if shared >= 6 or not found.agrees(derivative):
        return counted(shared, "digit")
    return "as far as rounding allows"


if __name__ == "__main__":
    sys.exit(main())
