"""The public names: sorted, documented, and the same after every submodule was imported."""

import contextlib
import doctest
import importlib
import importlib.util
import inspect
import pkgutil
import re
import subprocess
import sys
import typing
from pathlib import Path

import numpy
import pytest

import autograd
import nn
from autograd import explorer
from autograd.habits import (
    OF_AUTOGRAD,
    OF_NUMPY,
    OF_PRIMITIVE,
    OF_PRIMITIVES,
    OF_VALUES,
    ModulesElsewhere,
)
from autograd.table.operation import TABLE, Operation
from nn.habits import OF_NN, OF_PLACES

ROOT = str(Path(autograd.__file__).parent.parent)
CONTRACT = set(
    """
AutogradError TraceError Value abs acos acosh asin asinh atan atan2 atanh cbrt ceil clip cos
cosh derivation detect_anomaly digamma dot elu erf erfc exp explain explore expm1 floor gelu
grad gradient graph hessian hvp hypot jacobian jit jvp latex leaky_relu lgamma log log10
log1p log2 logsumexp maximum mean minimum no_grad polygamma primitive prod relu round scope
sigmoid sign silu sin sinh softmax softplus sqrt steps stop_gradient sum tan tanh
value_and_grad vjp where zero_grad
""".split()
)


def submodules(package):
    found = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    return [name for _, name, _ in found if not name.endswith("__main__")]


@pytest.mark.parametrize("package", [autograd, nn])
def test_the_public_names_are_sorted_and_all_there(package):
    # ruff's order: constants, then classes, then functions, each by natural sorting
    assert len(set(package.__all__)) == len(package.__all__)
    for name in package.__all__:
        assert hasattr(package, name), name
    assert {*dir(package)} - {"__version__"} == set(package.__all__)


def test_every_name_of_the_contract_is_exported():
    assert set(autograd.__all__) >= CONTRACT


def test_public_names_work_twice_after_every_submodule_was_imported():
    before = {name: getattr(autograd, name) for name in autograd.__all__}
    for package in (autograd, nn):
        for module in submodules(package):
            importlib.import_module(module)
    for _ in range(2):
        for name, thing in before.items():
            assert getattr(autograd, name) is thing, f"{name} was rebound by a module"
        x = autograd.Value(0.5, label="x")
        y = autograd.tanh(x)
        y.backward()
        assert "<svg" in autograd.graph(y).svg
        assert len(list(autograd.steps(y))) == 1
        assert autograd.grad(autograd.tanh)(0.5) == x.grad
        assert autograd.jit(autograd.tanh)(0.5) == y.data


# Inner loops call these: a wrapper would slow them.
INNERMOST = "sum mean prod dot logsumexp softmax where isfinite isinf isnan".split()


@pytest.mark.parametrize("name", [n for n in autograd.__all__ if n not in INNERMOST])
def test_a_public_function_called_with_nothing_says_what_it_takes_in_words_of_ours(name):
    function = getattr(autograd, name)
    if isinstance(function, type) and name != "scope":
        pytest.skip("a class")
    with contextlib.suppress(autograd.AutogradError):
        function()


def test_importing_loads_nothing_heavy():
    heavy = "llvmlite numpy graphviz IPython sympy hypothesis mpmath matplotlib resvg_py tqdm dask"
    code = f"import sys, autograd, nn\nprint(*[m for m in {heavy.split()!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


ENTERED = (
    "callsite decorated engine errors habits numberless table trees wording wrong_calls".split()
)
COSTLY = {*"ast copy dataclasses difflib fractions inspect json linecache pathlib textwrap".split()}


NN_ENTERED = (
    "cells clipping copies data errors habits history initializers inputs inspection layers losses "
    "metrics module names optimizers schedules structure wording"
).split()


def loaded_by(use):
    """Return the modules that a new process loads for autograd and a use of it."""
    code = f"""
import sys
sys.path.insert(0, {ROOT!r})
import threading, typing, weakref  # whatever they load is Python's affair
before = {{*sys.modules}}
import autograd
{use}
print(*({{*sys.modules}} - before))
"""
    command = [sys.executable, "-S", "-c", code]  # without what site loads of other packages
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {*done.stdout.split()}


@pytest.mark.parametrize(
    ("use", "rooms"),
    [
        ("", []),
        ("x = autograd.Value(2.0); autograd.tanh(x * x).backward()", []),
        ("assert autograd.grad(lambda x: x**3)(2.0) == 12.0", ["transforms"]),
        ("assert autograd.hessian(lambda x: x**3)(2.0) == 12.0", ["transforms"]),
    ],
)
def test_only_the_rooms_that_are_entered_are_loaded(use, rooms):
    modules = loaded_by(use)
    assert {m.split(".")[1] for m in modules if m.startswith("autograd.")} == {*ENTERED, *rooms}
    assert not modules & COSTLY


def test_importing_nn_loads_neither_training_nor_plotting_nor_files():
    modules = loaded_by("import nn")
    assert {m.split(".")[1] for m in modules if m.startswith("nn.")} == {*NN_ENTERED}
    assert not modules & {"concurrent", "dataclasses", "hashlib", "inspect", "json", "tempfile"}


def test_printing_the_steps_of_a_formula_loads_no_picture_and_no_page():
    modules = loaded_by("autograd.steps(autograd.tanh(autograd.Value(2.0)))")
    rooms = {m.split(".")[1] for m in modules if m.startswith("autograd.")}
    assert rooms == {*ENTERED, "explorer", "files", "notation"}


def test_a_room_that_is_not_loaded_says_how_it_is_imported():
    code = f"""
import sys
sys.path.insert(0, {ROOT!r})
import autograd, pkgutil
for room in [each.name for each in pkgutil.iter_modules(autograd.__path__) if each.name[0] != "_"]:
    try:
        getattr(autograd, room)
    except AttributeError as error:
        assert f"write import autograd.{{room}}" in str(error), error
        exec(f"import autograd.{{room}}; autograd.{{room}}")
        print(room)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"compiler", "explorer", "render", "testing"} <= {*done.stdout.split()}


@pytest.mark.parametrize("name", autograd.__all__)
def test_the_types_in_the_signature_of_a_public_thing_are_found_when_it_runs(name):
    thing = getattr(autograd, name)
    for annotated in (thing, getattr(thing, "__init__", None)):
        if inspect.isfunction(annotated) or inspect.isclass(annotated):
            typing.get_type_hints(annotated)


@pytest.mark.parametrize("name", [n for n in autograd.__all__ if n[0] != "_"])
def test_a_public_thing_says_what_it_is_and_shows_an_example_that_runs(name):
    thing = getattr(autograd, name)
    text = inspect.getdoc(thing) if not isinstance(thing, Operation) else thing.__doc__
    assert text
    first = text.split("\n\n")[0]
    assert first.rstrip().endswith((".", "...")), first
    if isinstance(thing, type) and issubclass(thing, BaseException):
        return
    assert ">>>" in text, f"{name} has no example"
    finder = doctest.DocTestParser()
    test = finder.get_doctest(inspect.cleandoc(text), {}, name, None, 0)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=flags).run(test, out=report.append)
    assert result.failed == 0, "".join(report)


def test_names_of_other_libraries_are_missing_and_nowhere_shown():
    x = autograd.Value(1.0)
    for name in OF_VALUES:
        assert not hasattr(autograd.Value, name)
        assert not hasattr(x, name)
        assert name not in dir(x)
    for name in OF_AUTOGRAD:
        assert not hasattr(autograd, name)
    for name in OF_NN:
        assert not hasattr(nn, name)


def test_names_of_other_libraries_for_a_primitive_are_refused_with_advice():
    square = autograd.primitive(partials=(lambda y, x: 2.0 * x,))(lambda x: x * x)
    for name, advice in OF_PRIMITIVES.items():
        assert not hasattr(square, name)
        assert name not in dir(square)
        with pytest.raises(autograd.AutogradError, match=re.escape(f"{name!r}: {advice}")):
            getattr(square, name)
    for name, advice in OF_PRIMITIVE.items():
        with pytest.raises(TypeError, match=re.escape(f"{name!r}: {advice}")):
            autograd.primitive(**{name: square})
    with pytest.raises(AttributeError, match=r"has no attribute 'nothing'$"):
        _ = square.nothing


@pytest.mark.parametrize("place", OF_PLACES)
def test_names_of_other_libraries_that_a_module_of_nn_has_not_are_refused_with_advice(place):
    module = importlib.import_module(place)
    for name, advice in {**OF_NN, **OF_PLACES[place]}.items():
        with pytest.raises(ImportError, match=re.escape(f"{name!r} from {place!r}: {advice}")):
            exec(f"from {place} import __doc__, {name}", {})
        with pytest.raises(AttributeError, match=re.escape(f"module {place!r} has no attribute")):
            getattr(module, name)
    with pytest.raises(AttributeError, match=r"has no attribute '__path__'$"):
        _ = module.__path__
    for name in ("make_moons", "load_iris", "circles"):
        ours = name.removeprefix("make_").removeprefix("load_")
        if place != "nn.data":
            with pytest.raises(AttributeError, match=rf"{name!r}: it is nn\.data\.{ours}$"):
                getattr(module, name)


@pytest.mark.parametrize(("package", "known"), [(autograd, OF_AUTOGRAD), (nn, OF_NN)])
def test_names_of_other_libraries_are_refused_with_advice_where_they_are_imported(package, known):
    for name, advice in known.items():
        with pytest.raises(ImportError, match=re.escape(f"import name {name!r}")) as caught:
            exec(f"import os\nfrom {package.__name__} import __doc__, {name}", {})
        assert str(caught.value).endswith(f"from {package.__name__!r}: {advice}")
        with pytest.raises(AttributeError, match=re.escape(advice)):
            getattr(package, name)
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        exec(f"from {package.__name__} import nothing", {})


@pytest.mark.parametrize(("package", "known"), [(autograd, OF_AUTOGRAD), (nn, OF_NN)])
def test_modules_of_other_libraries_are_not_found_and_the_error_has_advice(package, known):
    for name, advice in known.items():
        module = f"{package.__name__}.{name}"
        with pytest.raises(ModuleNotFoundError, match=re.escape(f"{module!r}: {advice}")) as caught:
            importlib.import_module(f"{module}.inner")  # as autograd.numpy.linalg
        assert caught.value.name == module
        assert importlib.util.find_spec(module) is None  # who asks is told, as of any other
    with pytest.raises(ModuleNotFoundError, match=r"^No module named '\w+\.nothing'$"):
        importlib.import_module(f"{package.__name__}.nothing")
    importlib.reload(package)
    assert sys.meta_path.count(ModulesElsewhere) == 1


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("ln", "log"),
        ("arctan", "atan"),
        ("fabs", "abs"),
        ("Sigmoid", "sigmoid"),
        ("LeakyReLU", "leaky_relu"),
        ("Softmax", "softmax"),
        ("value", "Value"),
    ],
)
def test_functions_are_found_by_what_they_are_called_elsewhere(name, ours):
    with pytest.raises(AttributeError, match=f"'{name}': it is autograd.{ours}$"):
        getattr(autograd, name)
    with pytest.raises(ImportError, match=f"'{name}' from 'autograd': it is autograd.{ours}$"):
        exec(f"from autograd import {name}", {})
    assert not hasattr(autograd, "conjugate")


@pytest.mark.parametrize("use", [getattr, delattr, lambda v, name: setattr(v, name, 1.0)])
def test_names_of_other_libraries_are_refused_with_advice_whatever_is_done_to_them(use):
    for name in OF_VALUES:
        with pytest.raises(AttributeError, match=f"no attribute '{name}': ") as caught:
            use(autograd.Value(1.0), name)
        assert caught.value.name == name


def test_a_subclass_of_value_may_have_attributes_that_other_libraries_have():
    class Pixel(autograd.Value):
        def __init__(self, data):
            super().__init__(data)
            self.numpy = "own"

        def detach(self):
            return autograd.stop_gradient(self)

    own = Pixel(1.0)
    assert own.numpy == "own"
    del own.numpy
    assert not hasattr(own, "numpy")
    assert Pixel(1.0).detach().data == 1.0


def test_every_public_operation_is_exported_and_a_method():
    for row in TABLE.values():
        if row.public and row.symbol == row.name:
            assert row.name in autograd.__all__, f"run python scripts/names.py: {row}"
            assert hasattr(autograd.Value, row.name), row


def test_what_reads_graphs_is_found_in_its_room_too_and_loads_no_page():
    program = (
        "import sys; from autograd.explorer import Derivation, Step, steps; "
        "print('autograd.explorer.page_file' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["False"]
    for name in explorer._ROOMS:
        assert callable(getattr(explorer, name))
    with pytest.raises(AttributeError, match="no attribute 'step'"):
        explorer.step  # noqa: B018


X, Y = numpy.array([0.5, -1.5, 2.5]), numpy.array([0.75, 1.25, 0.25])
REFEREES = {  # functions of NumPy's on numbers, in the calls that the advice is for
    "cov": lambda x, y: numpy.cov(x, y)[0, 1],
    "corrcoef": lambda x, y: numpy.corrcoef(x, y)[0, 1],
    "polyfit": lambda x, y: numpy.polyfit(x, y, 1)[0],
    "average": lambda x, w: numpy.average(x, weights=w),
    "choose": lambda x, y: numpy.choose(x > 0, [x, y]),
    "select": lambda x, y: numpy.select([x > 1, x > 0], [x, y], x + y),
    "interp": lambda x, y: numpy.interp(x, [-9.0, 1.0, 9.0], [-18.0, 2.0, 10.0]),
    "gradient": lambda x, y: numpy.gradient(numpy.array([x[0], x[1]]), 0.1)[:1],
    "heaviside": lambda x, y: numpy.heaviside(x, 0.0),
    "isclose": numpy.isclose,
    "allclose": numpy.allclose,
    "float_power": lambda x, y: numpy.float_power(abs(x), y),
    "logaddexp2": numpy.logaddexp2,
    "divmod": numpy.divmod,
    "ldexp": lambda x, y: x * 2.0**y,  # which has whole numbers
    "angle": lambda x, y: numpy.angle(x + 1j * y),
    "linspace": lambda x, y: numpy.linspace(x[0], y[0]),
    "logspace": lambda x, y: numpy.logspace(x[0], y[0]),
    "geomspace": lambda x, y: numpy.geomspace(x[0], y[0]),
    "isin": lambda x, y: numpy.isin(x, [1.5, 2.5]),
    "unwrap": lambda x, y: numpy.unwrap(8.0 * x),
    "roots": lambda x, y: numpy.roots([x[0], y[0], x[1]])[1],
}
AT = {  # other operands than a = x and b = y, where the function takes others
    "gradient": lambda x, y: {"x": x[:2]},
    "float_power": lambda x, y: {"a": abs(x)},
    **dict.fromkeys(
        ("linspace", "logspace", "geomspace", "roots"),
        lambda x, y: {"a": x[0], "b": y[0], "c": x[1]},
    ),
    "unwrap": lambda x, y: {"x": 8.0 * x},
}


@pytest.mark.parametrize(
    "name", [name for name in OF_NUMPY if name not in ("histogram", "bincount", "unique")]
)
def test_what_stands_for_a_function_of_numpy_takes_values_and_agrees_with_it(name):
    way = OF_NUMPY[name].removeprefix("of a straight line the slope, ")
    way = way.removeprefix("its straight pieces, as in ").partition(", where")[0]

    def ours(x, y):
        known = {"x": x, "y": y, "a": x, "b": y, "c": x + y, "w": y, "h": 0.1}
        known |= AT.get(name, lambda x, y: {})(x, y)
        return eval(way.partition(", as for")[0], {"autograd": autograd, "numpy": numpy, **known})

    wanted = REFEREES.get(name, lambda x, y: getattr(numpy, name)(x))
    values = [numpy.array([autograd.Value(each) for each in row]) for row in (X, Y)]
    number = numpy.vectorize(lambda each: float(getattr(each, "data", each)))
    numbers = number(numpy.array(ours(*values), dtype=object))
    for found in (numbers, autograd.jit(ours)(X, Y)):
        numpy.testing.assert_allclose(found, numpy.array(wanted(X, Y), float), rtol=1e-12)
    if name != "gradient":  # which is also a function of ours
        with pytest.raises(AttributeError, match=re.escape(f"{name!r}: write {OF_NUMPY[name]}")):
            getattr(autograd, name)


AT_SPECIAL = {  # infinities, or nan, beside other numbers
    **dict.fromkeys(("isposinf", "isneginf"), (1.5, numpy.inf, -numpy.inf)),
    **dict.fromkeys(("nansum", "nanmax", "nanmin"), (numpy.nan, -2.0, 1.5)),
    "heaviside": [-numpy.inf, 0.0, numpy.inf],
}


@pytest.mark.parametrize("name", AT_SPECIAL)
def test_what_stands_for_it_agrees_at_infinity_and_nan_too(name):
    def ours(x):
        return eval(OF_NUMPY[name], {"autograd": autograd, "numpy": numpy, "x": x})

    def number(each):
        return float(each.data if isinstance(each, autograd.Value) else each)

    x = numpy.array(AT_SPECIAL[name])
    wanted = REFEREES.get(name, lambda x, y: getattr(numpy, name)(x))(x, None)
    eager = ours(numpy.array([autograd.Value(each) for each in x]))
    for found in (numpy.vectorize(number)(eager), autograd.jit(ours)(x)):
        numpy.testing.assert_array_equal(found, numpy.array(wanted, float))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: numpy.select([x[0] > 0, x[1] > 0], [x[0], x[1]]),
        lambda x: numpy.choose(x > 0, [x, 2.0 * x]),
    ],
)
def test_a_choice_of_numpy_that_fails_on_traced_values_says_what_to_write(f):
    with pytest.raises(TypeError, match=r"fails on Values: write autograd\.where\(x > "):
        autograd.jit(f)(X)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("linspace", lambda v: numpy.linspace(0.0, v, 5)),
        ("geomspace", lambda v: numpy.geomspace(1.0, v, 5)),
        ("isin", lambda v: numpy.isin(v, [1.5, 2.5])),
        ("unwrap", lambda v: numpy.unwrap([v, 2.0 * v])),
        ("roots", lambda v: numpy.roots([v, 2.0 * v, 1.0])),
        ("sinc", lambda v: numpy.sinc(v)),
    ],
)
def test_a_function_of_numpy_that_fails_on_a_value_names_no_way_that_loses_its_gradient(name, call):
    told = re.escape(f"numpy.{name} fails on Values: write {OF_NUMPY[name]}")
    for run in (call, autograd.grad(call)):
        with pytest.raises(autograd.AutogradError, match=told) as caught:
            run(autograd.Value(2.0))
        assert not hasattr(caught.value, "__notes__")
    with pytest.raises(autograd.AutogradError) as caught:
        autograd.jit(call)(2.0)
    words = "\n".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
    assert len(re.findall(told, words)) == 1


def test_no_function_of_numpy_that_has_no_loop_for_objects_is_advised():
    for name in ("nextafter", "spacing", "frexp"):
        with pytest.raises(AttributeError, match=rf"has no attribute '{name}'$"):
            getattr(autograd, name)
    with pytest.raises(AttributeError, match=r"are NumPy's: numpy\.cumsum$"):
        _ = autograd.cumsum
