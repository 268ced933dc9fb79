"""The command line: every step of the chain rule for one formula.

python -m autograd "tanh(w*x + b)" w=0.5 x=2 b=-1
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count

from autograd.differences import Slope, slope
from autograd.engine.value import Value
from autograd.errors import AutogradError, ExpressionError
from autograd.notation.expression import Expression, is_name, normal, read

HELP = """\
usage: python -m autograd FORMULA [NAME=NUMBER ...] [--save FILE]

Differentiates a formula: prints the forward pass, every application of the
chain rule in the order backward takes, and the gradients beside central
differences.

  FORMULA       numbers, names, + - * / **, brackets and functions: tanh(w*x + b)
  NAME=NUMBER   a number for each name: x=2  b=-1  eps=1e-3  third=1/3
  --save FILE   also write a picture (.svg, .png, .dot), or a page in which to
                walk the steps (.html)
  --            what follows is no option, whatever it begins with

examples:
  python -m autograd "tanh(w*x + b)" w=0.5 x=2 b=-1
  python -m autograd "-x**2" x=3
  python -m autograd "(sigmoid(w*x) - t)**2" w=1.5 x=2 t=1 --save loss.svg
  python -m autograd "log(1 + exp(a*b))" a=2 b=-1 --save walk.html
"""
COLUMNS = 80  # of a terminal
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
        if not given or "--help" in options or given == ["-h"]:  # -h, with numbers, is minus h
            _print(HELP)
            return 0
        written, numbers, file = _understood(given)
        expression, inputs = _inputs(written, numbers)
        root = _root(expression, inputs)
        _print("".join(f"{line}\n" for line in _report(expression, inputs, root)))
        if file is not None:  # not before the report is out: a failure leaves no file behind
            _save(root, file)
            _print(f"\nSaved {file}\n")
    except AutogradError as error:
        print(f"python -m autograd: {_one_line(error)}", file=sys.stderr)
        return 2
    return 0


def _print(text: str) -> None:
    """Write text to stdout, to the last byte; a reader that has seen enough is no error."""
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


def _understood(arguments: list[str]) -> tuple[str, list[str], str | None]:
    """Return the formula, the inputs as they were written, and the file to save.

    Not argparse: it takes a formula that begins with a minus for an option.
    """
    formula: str | None = None
    file: str | None = None
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
        elif formula is None:
            formula = argument
        elif options and argument.startswith("--"):
            raise CommandError(f"there is no option {argument!r}; the options: --save, --help")
        else:
            inputs.append(argument)
    if formula is None:
        raise CommandError("there is no formula; write for example 'tanh(w*x + b)' first")
    return formula, inputs, file


def _check_file(file: str) -> None:
    suffix = os.path.splitext(file)[1].lower()
    if suffix not in PICTURES + PAGES:
        known = ", ".join(PICTURES + PAGES)
        raise CommandError(f"--save {file!r}: the file's name must end in one of {known}")
    folder = os.path.dirname(file) or "."
    if os.path.isdir(file):
        raise CommandError(f"--save {file!r}: this is a folder")
    if not os.path.isdir(folder):
        raise CommandError(f"--save {file!r}: there is no folder {folder!r}")
    if not os.access(file if os.path.exists(file) else folder, os.W_OK):
        raise CommandError(f"--save {file!r}: writing there is not permitted")


def _inputs(formula: str, written: list[str]) -> tuple[Expression, dict[str, Value]]:
    """Return the formula, and a labelled Value for each of its names."""
    expression = read(formula)
    numbers: dict[str, float] = {}
    for text in written:
        name, equals, number = text.partition("=")
        name = normal(name.strip())
        if not equals:
            raise CommandError(f"{text!r} is not of the form name=number, such as x=2")
        if not is_name(name):
            raise CommandError(f"{text!r}: {name!r} cannot be a name in a formula")
        if name in numbers:
            raise CommandError(f"{name} is given twice; one number for each name")
        numbers[name] = _number(text, number)
    missing = [name for name in expression.names if name not in numbers]
    if missing:
        what = "a number" if len(missing) == 1 else "numbers"
        example = " ".join(f"{name}=1" for name in missing)
        raise CommandError(f"{what} for {', '.join(missing)} must be given; add {example}")
    for name in numbers:
        if name not in expression.names:
            raise CommandError(f"{name} does not appear in {formula!r}; leave it out or use it")
    if not expression.names:
        raise CommandError(
            f"{formula!r} has no names, so there is nothing to differentiate; "
            f"write for example 'x**2' x=3"
        )
    return expression, {name: Value(numbers[name], label=name) for name in expression.names}


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
        formula = read(written)
    except ExpressionError:
        raise CommandError(f"{text!r}: {written!r} is not a number") from None
    if formula.names:
        raise CommandError(f"{text!r}: {written!r} is not a number")
    return float(formula({}))


def _root(expression: Expression, inputs: dict[str, Value]) -> Value:
    root = expression(inputs)
    if not isinstance(root, Value):  # where() took a branch without a name
        raise CommandError(f"{expression.text!r} is {root!r} here, whatever its inputs are")
    if not root.is_leaf:
        names = chain(("y", "f", "result"), map("y{}".format, count()))
        root.label = next(name for name in names if name not in inputs)
    root.backward()
    return root


def _save(root: Value, file: str) -> None:
    """Write a picture or a page, whole or not at all."""
    try:
        if file.lower().endswith(PAGES):
            from autograd.explorer import explore

            explore(root).save(file)
        else:
            from autograd.render import graph

            graph(root).save(file)
    except OSError as error:
        raise CommandError(f"--save {file!r}: {error.strerror or error}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


# -- what is printed ---------------------------------------------------------------------------


def _report(expression: Expression, inputs: dict[str, Value], root: Value) -> Iterator[str]:
    from autograd.explorer import forward_steps, steps

    name = root.label
    numbers = ", ".join(f"{label} = {value.data:.6g}" for label, value in inputs.items())
    yield f"{name} = {expression.text}" if not root.is_leaf else expression.text
    yield f"    at {numbers}"
    yield ""
    yield "Forward pass"
    yield ""
    if root.is_leaf:
        yield f"    nothing to compute: the formula is the input {name}"
    for forward in forward_steps(root):
        yield from _folded(f"    {forward}")
    yield ""
    yield f"Backward pass, from {name}.grad = 1"
    yield f"(v.grad: d{name}/dv over all paths; ∂v/∂u: one operation, its other operands held)"
    for step in steps(root):
        yield ""
        for line in str(step).splitlines():
            yield from _folded(f"    {line}")
    yield ""
    yield f"Gradients of {name}"
    yield ""
    yield from _table(expression, inputs)


def _folded(line: str) -> Iterator[str]:
    """Yield a chain of equal signs in lines of 80 columns, the signs below one another."""
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


def _table(expression: Expression, inputs: dict[str, Value]) -> Iterator[str]:
    """Yield the gradients beside differences in columns, then what there is to say of each."""
    rows = [("input", "number", "by backward", "by differences", "agreement")]
    notes: list[str] = []
    for name, value in inputs.items():
        found = slope(_along(expression, inputs, name), value.data)
        if found.remark:
            notes.append(f"note on {name}: {found.remark}")
        difference = "none" if math.isnan(found.central) else f"{found.central:.10g}"
        numbers = (f"{value.data:.6g}", f"{value.grad:.10g}", difference)
        rows.append((name, *numbers, _agreement(found, value.grad)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:4], widths[1:], strict=True)]
        yield f"    {'   '.join(cells)}   {row[4]}"
    if notes:
        yield ""
        yield from (f"    {note}" for note in notes)


def _along(expression: Expression, inputs: dict[str, Value], name: str) -> Callable[[float], float]:
    """Return the formula as a function of one input, the others held."""
    numbers = {label: value.data for label, value in inputs.items()}
    return lambda number: float(expression({**numbers, name: number}))


def _agreement(found: Slope, derivative: float) -> str:
    digits = found.digits(derivative)
    if found.remark:
        return "see the note"
    if digits >= 16:
        return "all digits"
    if digits >= 6 or not found.agrees(derivative):
        return f"{digits} digit{'s' * (digits != 1)}"
    return "as far as rounding allows"


if __name__ == "__main__":
    sys.exit(main())
