"""Messages of the command line: what was asked, words of the answer, and what it says to ask."""

import os
import re
import sys
import tempfile
from unittest import mock

import autograd.__main__ as command

HALF = ("x*y", "x=1", "y=1")
MANY = "+".join(f"x{i}" for i in range(99))
BAD = [
    (("x +", "x=1"), "it ends where an operand is missing", ("x + 1", "x=1")),
    (("x*y", "x=1"), "a number for y must be given; add y=1", HALF),
    (("x*y*z",), "for x, y, z must be given; add x=1 y=1 z=1", ("x*y*z", "x=1", "y=1", "z=1")),
    (("x", "x=abc"), "'abc' is not a number", ("x", "x=1")),
    (("x", "x="), "'' is not a number; write it right after the =, as in x=1", ("x", "x=1")),
    (("x", "X=2"), r"given (X is another name than x); add x=1", ("x", "x=1")),
    (("\u03c3(x)", "x=2"), "no function '\u03c3': write sigmoid(x)", ("sigmoid(x)", "x=2")),
    (("sigma(x)", "x=2"), "no function 'sigma': write sigmoid(x)", ("sigmoid(x)", "x=2")),
    (("x", "x=1j"), "'1j' is not a number", ("x", "x=1")),
    (("x", "x=90deg"), "functions take radians: x=90*pi/180", ("x", "x=90*pi/180")),
    (("x", "x=90\u00b0"), "functions take radians: x=90*pi/180", ("x", "x=90*pi/180")),
    (("x", "x=1,5"), "the decimal sign is a point: x=1.5", ("x", "x=1.5")),
    (("x*y", "x=1 y=2"), "each by itself, without quotes around them: x=1 y=2", HALF),
    (("x*y", "x=1, y=2"), "without quotes around them: x=1 y=2", HALF),
    (("x*y", "x=1,", "y=1"), "no comma stands between them: x=1", HALF),
    (("x", "x", "=", "1"), "such as x=2, without spaces around the =", ("x", "x=1")),
    (
        ("x", "x=1", "-o", "g.svg"),
        "there is no option '-o'; the options: --digits, --save",
        ("--help",),
    ),
    (("x", "x=y"), "'y' is not a number", ("x", "x=pi")),
    (("x", "x=1e999"), "too large for a float", ("x", "x=1.7e308")),
    (("x", "x=1", "x=2"), "x is given twice", ("x", "x=2")),
    (("x", "x=1", "q=2"), "q does not appear in 'x'; leave it out", ("x", "x=1")),
    (("x", "x=1", "2"), "not of the form name=number, such as x=2", ("x", "x=2")),
    (("x", "x=1", "sin=2"), "'sin' cannot be a name", ("x", "x=1")),
    (("x", "=1"), "cannot be a name", ("x", "x=1")),
    (
        ("x", "x=1", "--what"),
        "there is no option '--what'; the options: --digits, --save, --help",
        ("--help",),
    ),
    (("nope(x)", "x=1"), "there is no function 'nope'", ("nope*(x)", "nope=1", "x=1")),
    (("1 + 2",), "has no names", ("x**2", "x=3")),
    (("sinx", "x=1"), "sinx is read as one name; write sin(x), or add sinx=1", ("sin(x)", "x=1")),
    (("sin2x", "x=1"), "one name; write sin(2x), or add sin2x=1", ("sin(2x)", "x=1")),
    (("log2x", "x=1"), "write log(2x) or log2(x), or add log2x=1", ("log2(x)", "x=1")),
    (("x2", "x=1"), "x2 is read as one name; write x**2 or 2*x, or add x2=1", ("2*x", "x=1")),
    (("x\u2032", "x=1"), "for a name with a prime write x1", ("x1", "x1=1")),
    (("x^2", "--x=1"), "for a number write x=1", ("x^2", "x=1")),
    (("PI*x", "x=1"), "PI is read as one name; write pi, or add PI=1", ("pi*x", "x=1")),
    (("tau*x", "x=1"), "write (2*pi), or add tau=1", ("(2*pi)*x", "x=1")),
    (("inf*x", "x=1"), "a number for inf must be given; add inf=inf", ("inf*x", "x=1", "inf=inf")),
    (("xy", "x=1", "y=1"), "xy is read as one name; write x*y, or add xy=1", HALF),
    (("tahn(x)", "x=1"), "did you mean tanh or tan", ("tanh(x)", "x=1")),
    ((MANY,), "x19 and 79 more must be given; add x0=1", (MANY, *(f"x{i}=1" for i in range(99)))),
    (("polygamma(n, x)", "n=1", "x=2"), "polygamma", ("polygamma(1, x)", "x=2")),
    (("where(x > 0, 1, 2)", "x=1"), "stand in a condition alone", ("where(x > 0, x, 0)", "x=1")),
    (("x", "x=1", "--save"), "must end in one of .svg, .png, .dot, .html", ("x", "x=1")),
    (
        ("x", "x=1", "--save", "g.pdf"),
        ".dot, .html; a browser prints the .html as PDF",
        ("x", "x=1", "--save", os.path.join(tempfile.mkdtemp(), "g.html")),
    ),
    (("x", "x=1", "--save", "g.jpg"), "must end in one of .svg, .png, .dot, .html", None),
    (("x", "x=1", "--save", "/nowhere/g.svg"), "there is no folder '/nowhere'", None),
    (("x", "x=1", "--digits"), "write a whole number from 1 to 17", ("x", "x=1", "--digits", "8")),
    (("x", "x=1", "--digits=99"), "--digits '99': write a whole", ("x", "x=1", "--digits=17")),
    (("x", "x=1", "--save=a.svg", "--save=b.svg"), "--save is given twice", None),
    (("--save", "g.svg"), "there is no formula", ("tanh(w*x + b)", "w=1", "x=2", "b=3")),
    (("--",), "there is no formula", ("--", "-x", "x=1")),
    (("--", "x", "x=1", "--save"), "'--save' is not of the form name=number", ("x", "x=1")),
    (("--", "--", "x=1"), "cannot read '--'", ("--", "-x", "x=1")),
    (("x\ud800", "x=1"), "cannot read", ("x", "x=1")),
]


class Closed:
    """An output on a disk that is full."""

    def write(self, text):
        raise OSError(28, "No space left on device")

    def fileno(self):
        return os.open(os.devnull, os.O_WRONLY)


def answered(*arguments):
    """Do what was asked, as the command does, and let its error through."""
    if arguments == ("--help",):
        return command.HELP
    formula, numbers, file, digits = command._understood(list(arguments))
    expression, inputs = command._inputs(formula, numbers)
    root = command._root(expression, inputs)
    report = "".join(command._report(expression, inputs, root, digits))
    if file is not None:
        command._save(root, file, digits)
    return report


def saved(prepare, name="g.svg"):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, name)
        prepare(file)
        return answered("x", "x=1", "--save", file)


def saved_for_nobody():
    """Save where the system says that writing is not permitted."""
    with mock.patch.object(os, "access", return_value=False):
        saved(lambda file: None)


def printed_on_a_full_disk():
    with mock.patch.object(sys, "stdout", Closed()), mock.patch.object(os, "dup2"):
        command._print("text")


def saved_on_a_full_disk():
    with mock.patch("autograd.render.picture.Graph.save", side_effect=OSError(28, "no space")):
        saved(lambda file: None)


def right(arguments):
    return None if arguments is None else lambda: answered(*arguments)


CASES = [
    (re.escape(words), lambda asked=asked: answered(*asked), right(advice))
    for asked, words, advice in BAD
]
CASES += [
    ("this is a folder", lambda: saved(os.mkdir), lambda: saved(lambda file: None)),
    ("writing there is not permitted", saved_for_nobody, lambda: saved(lambda file: None)),
    ("stdout cannot be written", printed_on_a_full_disk, lambda: command._print("\n")),
    ("g.svg': no space", saved_on_a_full_disk, lambda: saved(lambda file: None)),
]
