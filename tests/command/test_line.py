"""python -m autograd, run as a user runs it."""

import math
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from command_messages import BAD

from autograd import __main__ as command


def run(*arguments):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "autograd", *arguments], capture_output=True, text=True, timeout=60
    )


def called(capsys, *arguments):
    """Call the command in this process: its status, stdout and stderr."""
    status = command.main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


EXAMPLE = ("tanh(w*x + b)", "w=0.5", "x=2", "b=-1.2")


def test_the_main_job(capsys):
    status, out, err = called(capsys, *EXAMPLE)
    assert (status, err) == (0, "")
    forward, backward, table = re.split(r"\n\nBackward pass.*|\n\nGradients of y", out)
    assert [line.strip() for line in forward.splitlines()[-3:]] == [
        "v1 = w * x = 0.5 * 2 = 1",
        "v2 = v1 + b = 1 + (-1.2) = -0.2",
        "y = tanh(v2) = tanh(-0.2) = -0.1974",
    ]
    # One step for each operand of each operation, the root's first.
    notation, *blocks = backward.strip().split("\n\n")
    assert notation.startswith("(v.grad: dy/dv over all paths; ∂v/∂u: one operation")
    steps = [block.splitlines()[0].strip() for block in blocks]
    assert steps == ["y = tanh(v2)", *["v2 = v1 + b"] * 2, *["v1 = w * x"] * 2]
    assert "x.grad += v1.grad * ∂v1/∂x = 0.961 * 0.5 = 0.4805" in backward
    rows = [line.split() for line in table.strip().splitlines()]
    assert rows[0] == "input number by backward by differences agreement".split()
    for (name, number, by_backward, by_differences, digits, _), expected in zip(
        rows[1:],
        [("w", 0.5, 1.922085966), ("x", 2, 0.4805214915), ("b", -1.2, 0.961042983)],
        strict=True,
    ):
        assert (name, float(number), float(by_backward)) == expected
        assert float(by_differences) == pytest.approx(float(by_backward), rel=1e-9)
        assert digits == "all" or int(digits) >= 10


def test_it_runs_as_a_module():
    done = run(*EXAMPLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Gradients of y" in done.stdout


def test_it_fits_a_terminal_of_80_columns(capsys):
    for arguments in (EXAMPLE, ("(sigmoid(w*x) - t)**2", "w=1.5", "x=2", "t=1"), ("abs(x)", "x=0")):
        _, out, _ = called(capsys, *arguments)
        assert max(map(len, out.splitlines())) <= 80


def test_long_lines_are_folded_at_equal_signs(capsys):
    name = "weight_of_the_first_neuron"
    _, out, _ = called(capsys, f"exp({name}*x) / maximum(x, 2)", f"{name}=-0.3333333", "x=2")
    folded = [line for line in out.splitlines() if line.strip().startswith("= ")]
    assert folded
    for line in out.splitlines():
        assert len(line) <= 80 or " = " not in line.partition("= ")[2]
    # Nothing but line ends and blanks has changed.
    assert "= where(x > 2, 1, where(" in " ".join(out.split())


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), (*EXAMPLE, "--help")])
def test_help_shows_examples_that_run(capsys, arguments):
    status, out, _ = called(capsys, *arguments)
    assert status == 0
    examples = re.findall(r'python -m autograd "(.+)" (.*)', out)
    assert len(examples) >= 4
    for formula, rest in examples:
        assert called(capsys, formula, *rest.split(" --save")[0].split())[0] == 0


@pytest.mark.parametrize(
    ("arguments", "gradients"),
    [
        (("-x**2", "x=3"), [-6.0]),
        (("--x", "x=3"), [1.0]),
        (("-h", "h=2"), [-1.0]),
        (("--", "-x", "x=3"), [-1.0]),
        (("--", "--help", "help=3"), [1.0]),
        (("x*x", "--", "x=3"), [6.0]),
        (("x*y", "x=-2", "y=1e-3"), [1e-3, -2.0]),
        (("x*y", "x=1/4", "y=-2**2"), [-4.0, 0.25]),
        (("x*x", "x=3."), [6.0]),
        (("x", "x=3"), [1.0]),
        (("y*f", "y=2", "f=3"), [3.0, 2.0]),
        (("y*f*result*y0", "y=2", "f=3", "result=1", "y0=1"), [3.0, 2.0, 6.0, 6.0]),
        (("x * 0", "x=inf"), [0.0]),
        (("where(x > 0, x, b)", "x=1", "b=2"), [1.0, 0.0]),
        (("pi*x^2", "x=1"), [6.283185307]),
        (("e*x", "x=1"), [2.718281828]),
        (("e*x", "x=1", "e=5"), [1.0, 5.0]),  # a number for it makes it a name
        (("sin x", "x=pi/2"), [6.123233996e-17]),
        (("(" * 4000 + "x" + ")" * 4000, "x=1"), [1.0]),
        (("-" * 500 + "x", "x=1"), [1.0]),
        (("+".join(["x"] * 3000), "x=1"), [3000.0]),
    ],
)
def test_formulas_and_numbers_of_all_kinds(capsys, arguments, gradients):
    status, out, err = called(capsys, *arguments)
    assert (status, err) == (0, "")
    table = out.split("by backward")[1].split("note")[0]
    rows = [line.split() for line in table.splitlines()[1:] if line.strip()]
    assert [float(row[2]) for row in rows] == gradients


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("relu(x)", "x=0"), "note on x: kink: slope 0 on the left, 1 on the right"),
        (("floor(x)", "x=2"), "note on x: the value jumps here"),
        (("log(x)", "x=0"), "note on x: the value is not finite here"),
        (("sqrt(x)", "x=0"), "note on x: no finite slope here"),
        (("sqrt(abs(x))", "x=0"), "why x.grad is nan: nan enters at v1 = abs(x)"),
        (("exp(-1/x)", "x=0"), "why x.grad is nan: nan enters at v1 = -1 / x"),
        (("exp(-1/x)", "x=0"), "note on x: the value is infinite on the left of here"),
    ],
)
def test_a_kink_is_a_note_and_no_failure(capsys, arguments, note):
    status, out, err = called(capsys, *arguments)
    assert (status, err) == (0, "")
    assert note in out
    assert "see the note" in out


def test_infinite_gradients_of_many_inputs_add_up_to_nan_and_are_no_failure(capsys):
    names = [f"a{index}" for index in range(25)]
    formula = "+".join(names) + "+sqrt(b)-sqrt(c)"
    status, out, err = called(capsys, formula, *[f"{name}=1" for name in names], "b=0", "c=0")
    assert (status, err) == (0, "")
    assert "all at once" in out
    many = "+".join(f"1e307*{name}" for name in names)
    assert called(capsys, many, *[f"{name}=1" for name in names])[0] == 0


@pytest.mark.parametrize(("arguments", "words"), [case[:2] for case in BAD])
def test_bad_input_gives_one_clear_line_and_status_2(capsys, arguments, words):
    status, out, err = called(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert err.startswith("python -m autograd: ")


def test_bad_input_ends_the_process_with_status_2():
    done = run("x*y", "x=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "python -m autograd: a number for y must be given; add y=1\n"


def test_as_many_digits_are_shown_as_are_asked_for_in_what_is_saved_too(capsys, tmp_path):
    arguments = ["sin(x)*pi", "x=1/3", "--digits", "9", "--save", str(tmp_path / "g.svg")]
    assert command.main(arguments) == 0
    report = capsys.readouterr().out
    assert "at x = 0.333333333\n" in report
    assert "v1 = sin(x) = sin(0.333333333) = 0.327194697\n" in report
    assert "= 3.14159265 * 0.944956946" in report
    assert "0.327194697" in (tmp_path / "g.svg").read_text(encoding="utf-8")
    assert command.main(["x**2", "x=1e-8"]) == 0
    assert re.search(r"x +1e-8 +2e-8 +2e-8 +all digits", capsys.readouterr().out)


def test_where_a_gradient_and_differences_do_not_agree_the_reason_is_given(capsys):
    assert command.main(["sin(x)/x", "x=1e-8"]) == 0
    assert "on x.grad: The paths cancel: their sizes add up to 2e8" in capsys.readouterr().out


def test_a_picture_is_saved(capsys, tmp_path):
    for suffix in ("svg", "png", "dot", "html"):
        file = tmp_path / f"g.{suffix}"
        status, out, err = called(capsys, *EXAMPLE, "--save", str(file))
        assert (status, err) == (0, "")
        assert out.endswith(f"Saved {file}\n")
    assert ElementTree.parse(tmp_path / "g.svg").getroot().tag.endswith("svg")
    png = (tmp_path / "g.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert min(struct.unpack(">II", png[16:24])) > 50
    assert (tmp_path / "g.dot").read_text().lstrip().startswith("digraph")
    assert "<!doctype html" in (tmp_path / "g.html").read_text().lower()
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize(
    "suffix",
    ["svg", *[pytest.param(each, marks=pytest.mark.slow) for each in ("png", "dot", "html")]],
)
def test_a_failing_save_leaves_nothing_behind(tmp_path, suffix):
    code = (
        "import resource, sys; from autograd.__main__ import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "sys.exit(main(sys.argv[1:]))"
    )
    file = tmp_path / f"g.{suffix}"
    for before in (None, "before"):
        if before is not None:
            file.write_text(before)
        done = subprocess.run(
            [sys.executable, "-c", code, *EXAMPLE, "--save", str(file)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 2
        assert done.stdout.endswith("digits\n")  # the report, and no word of saving
        assert done.stderr.count("\n") == 1
        assert "File too large" in done.stderr
        assert [path.name for path in tmp_path.iterdir()] == ([file.name] if before else [])
        assert before is None or file.read_text() == before


def test_a_link_is_written_through(capsys, tmp_path):
    (tmp_path / "real.svg").write_text("before")
    (tmp_path / "link.svg").symlink_to(tmp_path / "real.svg")
    assert called(capsys, *EXAMPLE, "--save", str(tmp_path / "link.svg"))[0] == 0
    assert (tmp_path / "link.svg").is_symlink()
    assert "<svg" in (tmp_path / "real.svg").read_text()


def test_an_existing_file_survives_a_failing_save(capsys, tmp_path):
    file = tmp_path / "g.svg"
    file.write_text("before")
    status, _, _ = called(capsys, "x*y", "x=1", "--save", str(file))
    assert status == 2
    assert file.read_text() == "before"


def test_a_folder_is_no_file(capsys, tmp_path):
    folder = tmp_path / "g.svg"
    folder.mkdir()
    assert "this is a folder" in called(capsys, *EXAMPLE, "--save", str(folder))[2]


def test_a_reader_that_stops_reading_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m autograd 'x{'+x' * 400}' x=1 | head -1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_stops_reading_gets_its_picture(tmp_path):
    file = tmp_path / "g.svg"
    done = subprocess.run(
        f"{sys.executable} -m autograd 'x{'+x' * 400}' x=1 --save {file} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert ElementTree.parse(file).getroot().tag.endswith("svg")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_report_that_cannot_be_written_is_one_line_and_no_picture(tmp_path):
    for arguments in (["x*x", "x=3", "--save", str(tmp_path / "g.svg")], ["--help"], EXAMPLE):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "autograd", *arguments],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
            )
        assert done.returncode == 2
        assert done.stderr == (
            "python -m autograd: stdout cannot be written: No space left on device\n"
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="closes stdout in a shell")
def test_without_stdout_the_picture_is_saved_all_the_same(tmp_path):
    file = tmp_path / "g.svg"
    done = subprocess.run(
        f"{sys.executable} -m autograd 'x*x' x=3 --save {file} >&-",
        shell=True,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ElementTree.parse(file).getroot().tag.endswith("svg")


def test_the_help_of_the_module_loads_nothing_heavy():
    code = (
        "import sys, autograd.__main__ as m; m.main(['x*x', 'x=1']);"
        "print([n for n in ('numpy','sympy','mpmath','hypothesis','llvmlite') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_condition_prints_as_it_was_written(capsys):
    _, out, _ = called(capsys, "where(x>0, x, 0)", "x=1")
    assert "y = where(x > 0, x, 0) = where(1 > 0, 1, 0) = 1" in out
    assert "where(1," not in out


def test_constants_are_said_to_be_constants(capsys):
    _, out, _ = called(capsys, "e*x + 2\u03c0", "x=1")
    assert "    where e = 2.71828..., \u03c0 = 3.14159..." in out


def test_very_many_inputs_are_compared_all_at_once(capsys):
    names = [f"x{index}" for index in range(200)]
    formula = "+".join(f"{name}^2" for name in names)
    status, out, _ = called(capsys, formula, *(f"{name}=3" for name in names))
    assert status == 0
    table = out.split("Gradients of y")[1].splitlines()
    assert [line.split() for line in table[3:203]] == [[name, "3", "6"] for name in names]
    assert re.search(r"all at once +\d+\.\d+ +\d+\.\d+ +1\d digits", out)
    assert max(map(len, out.splitlines()[1:])) <= 80


@pytest.mark.parametrize(
    ("name", "number"), [("PI", math.pi), ("Pi", math.pi), ("E", math.e), ("tau", math.tau)]
)
def test_no_hint_gives_a_constant_another_number_without_naming_the_constant(name, number, capsys):
    assert command.main([f"{name}*x", "x=2"]) == 2
    said = capsys.readouterr().err
    written = re.search("write (.*), or add", said)[1]
    assert command.main([f"{written}*x", "x=2", "--digits=17"]) == 0
    assert f"= {2 * number!r}" in capsys.readouterr().out
