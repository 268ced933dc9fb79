"""Trees: every container comes apart into its numbers and together again, and says where."""

import copy
import dataclasses
import enum
import pickle
from collections import OrderedDict, namedtuple
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, grad, hessian, register_tree, tree_leaves, tree_map, value_and_grad
from autograd.trees import builder, flatten, is_array, map_with_axes, unflatten

Point = namedtuple("Point", "x y")


@dataclasses.dataclass(frozen=True)
class Line:
    slope: float
    shift: object
    name: str = "line"


def containers(inside):
    return st.one_of(
        st.lists(inside, max_size=3),
        st.lists(inside, max_size=3).map(tuple),
        st.tuples(inside, inside).map(lambda pair: Point(*pair)),
        st.dictionaries(st.one_of(st.text(max_size=3), st.integers()), inside, max_size=3),
        st.tuples(inside, inside, st.sampled_from("ab")).map(lambda parts: Line(*parts)),
        st.tuples(inside, inside).map(lambda pair: Registered(*pair)),
    )


class Registered:
    def __init__(self, left, right):
        self.left, self.right = left, right

    def __eq__(self, other):
        return (self.left, self.right) == (other.left, other.right)

    def __repr__(self):
        return f"Registered({self.left!r}, {self.right!r})"


register_tree(
    Registered, lambda tree: ((tree.left, tree.right), None), lambda _, parts: Registered(*parts)
)

LEAVES = st.one_of(st.floats(allow_nan=False), st.none())
TREES = st.recursive(LEAVES, containers, max_leaves=12)


def counted(tree):
    """Count the numbers of a tree of these kinds, by a walk of our own."""
    if tree is None:
        return 0
    if isinstance(tree, dict):
        return sum(map(counted, tree.values()))
    if isinstance(tree, (list, tuple)):
        return sum(map(counted, tree))
    if isinstance(tree, Line):
        return counted(tree.slope) + counted(tree.shift)
    return counted(tree.left) + counted(tree.right) if isinstance(tree, Registered) else 1


@given(TREES)
def test_what_comes_apart_comes_together_again(tree):
    numbers, structure = flatten(tree)
    assert len(numbers) == structure.count() == counted(tree)
    assert unflatten(structure, numbers) == tree
    assert builder(structure)(iter(numbers), iter(())) == tree
    assert tree_leaves(tree) == numbers
    assert tree_map(lambda number: number, tree) == tree
    again = flatten(copy.deepcopy(tree))[1]
    assert (again, hash(again)) == (structure, hash(structure))
    assert pickle.loads(pickle.dumps(structure)) == structure


@given(TREES, TREES)
def test_structures_are_equal_where_the_trees_differ_in_numbers_alone(one, other):
    first, second = flatten(one)[1], flatten(other)[1]
    shown = [repr(unflatten(each, range(each.count()))) for each in (first, second)]
    assert (first == second) is (shown[0] == shown[1])


def stepped(tree, path):
    """Follow a path such as ['x'][1].slope by hand."""
    while path:
        if path[0] == ".":
            name, dot, path = path[1:].partition(
                min((s for s in ".[" if s in path[1:]), default=" ", key=path[1:].find)
            )
            tree, path = getattr(tree, name), dot.strip() + path
        else:
            key, _, path = path[1:].partition("]")
            tree = tree[key[1:-1] if key[0] == "'" else int(key)]
    return tree


def test_each_number_has_a_path_that_leads_to_it():
    tree = {"x": [1.0, Line(2.0, (3.0, None))], "y": Point(4.0, {7: 5.0})}
    numbers, structure = flatten(tree)
    paths = [structure.path(index, "") for index in range(len(numbers))]
    assert paths == ["['x'][0]", "['x'][1].slope", "['x'][1].shift[0]", "['y'].x", "['y'].y[7]"]
    assert [stepped(tree, path) for path in paths] == numbers
    array = flatten([np.zeros((2, 3))])[1]
    assert [array.path(i, "w") for i in (0, 5)] == ["w[0][0, 0]", "w[0][1, 2]"]


def test_one_and_true_are_different_keys_and_settings():
    for one, other in (
        ({1: 2.0}, {True: 2.0}),
        ({1: 2.0}, {1.0: 2.0}),
        ({(1, 2): 2.0}, {(True, 2): 2.0}),
        ({0.0: 2.0}, {-0.0: 2.0}),
    ):
        assert flatten(one)[1] != flatten(other)[1]
        assert flatten(one)[1] == flatten(copy.copy(one))[1]


def test_mappings_come_back_as_dicts_in_their_order():
    for tree in (OrderedDict(b=1.0, a=2.0), MappingProxyType({"b": 1.0, "a": 2.0})):
        numbers, structure = flatten(tree)
        assert numbers == [1.0, 2.0]
        assert list(unflatten(structure, [3, 4]).items()) == [("b", 3), ("a", 4)]


# -- dataclasses -------------------------------------------------------------------------------


class Mode(enum.Enum):
    FAST = 1


@dataclasses.dataclass(slots=True, kw_only=True)
class Settings:
    rate: float
    flag: bool = True
    mode: Mode = Mode.FAST
    act: object = autograd.tanh
    power: int = dataclasses.field(default=2, metadata={"static": True})
    total: float = dataclasses.field(default=1.0, init=False)


def test_fields_that_are_no_numbers_are_structure():
    given_settings = Settings(rate=3.0)
    given_settings.total = 5.0

    def f(s):
        assert s.flag is True
        assert s.mode is Mode.FAST
        return s.act(s.rate) * s.total**s.power

    slopes = grad(f)(given_settings)
    assert isinstance(slopes, Settings)
    assert (slopes.act, slopes.power) == (autograd.tanh, 2)
    assert slopes.rate == pytest.approx((1.0 - np.tanh(3.0) ** 2) * 25.0)
    assert slopes.total == pytest.approx(np.tanh(3.0) * 10.0)
    other = flatten(dataclasses.replace(given_settings, flag=False))[1]
    assert other != flatten(given_settings)[1]


@dataclasses.dataclass
class Rectangle:
    width: float
    height: float
    area: float = dataclasses.field(init=False)

    def __post_init__(self):
        self.area = self.width * self.height


def test_what_a_dataclass_computes_of_its_fields_is_computed_again():
    slopes = grad(lambda r: r.area * r.width)(Rectangle(3.0, 5.0))
    assert (slopes.width, slopes.height) == (30.0, 9.0)


@dataclasses.dataclass
class NeedsMore:
    width: float
    unit: dataclasses.InitVar[str]

    def __post_init__(self, unit):
        pass


def test_a_dataclass_that_its_constructor_cannot_rebuild_says_what_to_do():
    with pytest.raises(TypeError, match="unit") as caught:
        grad(lambda r: r.width)(NeedsMore(1.0, "cm"))
    assert "register_tree(NeedsMore" in caught.value.__notes__[0]


# -- register_tree -----------------------------------------------------------------------------


class Poly:
    def __init__(self, name, **terms):
        self.name, self.terms = name, terms


class Shifted(Poly):
    pass


register_tree(
    Poly,
    lambda p: (p.terms, (p.name, type(p))),
    lambda rest, parts: rest[1](rest[0], a=parts[0], b=parts[1]),
)


def test_objects_of_registered_classes_and_subclasses_are_arguments_and_results():
    def f(p):
        return p.terms["a"] ** 2 * p.terms["b"]

    for kind in (Poly, Shifted):
        slopes = grad(f)(kind("mine", a=3.0, b=5.0))
        assert type(slopes) is kind
        assert (slopes.name, slopes.terms) == ("mine", {"a": 30.0, "b": 9.0})
    curved = hessian(f)(Poly("mine", a=3.0, b=5.0))
    assert curved.terms["a"].terms == {"a": 10.0, "b": 6.0}
    structure = flatten(Poly("mine", a=[1.0], b=5.0))[1]
    assert structure.path(0, "p") == "p.a[0]"
    assert str(structure) == "Poly([a number], a number)"
    assert flatten(Poly("other", a=[1.0], b=5.0))[1] != structure


def test_a_class_is_registered_again_by_its_latest_functions():
    class Box:
        def __init__(self, w):
            self.w = w

    assert flatten(Box(1.0))[1].kind == "number"  # no container yet
    register_tree(Box, lambda box: ([box.w], None), lambda _, parts: Box(*parts))
    assert tree_leaves(Box(3.0)) == [3.0]
    register_tree(Box, lambda box: ([box.w, 7.0], None), lambda _, parts: Box(parts[0]))
    assert tree_leaves(Box(3.0)) == [3.0, 7.0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((Poly(""), id, id), "takes a class"),
        ((Poly, None, id), "flatten must be a function"),
        ((Poly, id, 3), "unflatten must be a function"),
    ],
)
def test_what_cannot_be_registered_is_refused(arguments, words):
    with pytest.raises(TypeError, match=words):
        register_tree(*arguments)


@pytest.mark.parametrize("made", [3.0, ([1.0], ["a list"]), ([1.0],), (1.0, None)])
def test_a_flatten_function_that_returns_something_else_is_named(made):
    class Odd:
        pass

    register_tree(Odd, lambda odd: made, lambda rest, parts: Odd())
    with pytest.raises(TypeError, match="flatten of an Odd must return its parts"):
        tree_leaves(Odd())


# -- maps --------------------------------------------------------------------------------------


def test_tree_map_takes_an_array_as_one_leaf():
    tree = {"w": np.arange(3.0), "b": [1.0, None]}
    shapes = tree_map(np.shape, tree)
    assert shapes == {"w": (3,), "b": [(), None]}
    moved = tree_map(lambda weight, slope: weight - 0.5 * slope, tree, tree)
    np.testing.assert_array_equal(moved["w"], [0.0, 0.5, 1.0])
    assert [type(leaf) for leaf in tree_leaves(tree)] == [np.ndarray, float]


def test_tree_map_takes_trees_in_the_places_of_leaves():
    pairs = tree_map(
        lambda name, pair: (name, *pair), {"a": "x", "b": "y"}, {"b": [3], "a": [1, 2]}
    )
    assert pairs == {"a": ("x", 1, 2), "b": ("y", 3)}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (
            {"w": [1.0], "b": 2.0},
            r"the tree\['w'\] is \[a number\] where the first has \[a number, a",
        ),
        ({"w": (1.0, 2.0), "b": 2.0}, r"the tree\['w'\] is \(a number, a number\)"),
        ({"w": [1.0, 2.0]}, r"the tree is \{'w': a number\}"),
        ({"w": 3.0, "b": 2.0}, r"the tree\['w'\] is a float"),
    ],
)
def test_trees_that_differ_are_refused_with_the_place(other, words):
    with pytest.raises(ValueError, match=words):
        tree_map(lambda *leaves: None, {"w": [1.0, 2.0], "b": 2.0}, other)


@pytest.mark.parametrize("use", [tree_leaves, flatten, lambda tree: tree_map(id, tree)])
def test_a_tree_that_holds_itself_is_refused(use):
    tree = [1.0]
    tree.append({"again": tree})
    with pytest.raises(ValueError, match="holds itself"):
        use(tree)


def test_axes_are_those_of_the_nearest_container_that_has_some():
    seen = []
    tree = {"w": [1.0, Line(2.0, 3.0)], "b": (4.0, None)}
    map_with_axes(lambda *leaf: seen.append(leaf), tree, {"b": 1, "w": (None, 0)}, "tree")
    assert seen == [
        ("tree['w'][0]", 1.0, None),
        ("tree['w'][1].slope", 2.0, 0),
        ("tree['w'][1].shift", 3.0, 0),
        ("tree['b'][0]", 4.0, 1),
    ]
    for axes, words in (
        ({"w": 0}, "other keys"),
        ({"w": [0], "b": 0}, r"tree\['w'\] has 1 part, and it has 2"),
        ([0, 0], "does not fit the structure of tree"),
        ({"w": [[0], 0], "b": 0}, r"structure of tree\['w'\]\[0\]"),
    ):
        with pytest.raises(ValueError, match=words):
            map_with_axes(lambda *leaf: None, tree, axes, "tree")


# -- arrays and frames ---------------------------------------------------------------------------


def test_values_in_arrays_of_no_dimension_are_taken_out():
    value = Value(3.0)
    assert tree_leaves(np.array(value)) == [value]
    assert flatten([np.array(value)])[0] == [value]
    assert not is_array(np.array(value))
    assert not is_array(np.float64(2.0))
    assert not is_array(np.ndarray)


def test_masked_entries_are_refused_and_a_mask_of_nothing_is_not():
    array = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="fill them"):
        grad(lambda a: a[0] * a[1])(array)
    np.testing.assert_array_equal(grad(lambda a: a[0] * a[1])(array.filled(3.0)), [3.0, 1.0])
    np.testing.assert_array_equal(
        grad(lambda a: a[0] * a[1])(np.ma.masked_array([1.0, 2.0])), [2, 1]
    )


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_frames_and_series_are_arrays(package):
    frames = pytest.importorskip(package)
    series, frame = frames.Series([1.0, 2.0]), frames.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    np.testing.assert_array_equal(grad(lambda x: x[0] * x[1])(series), [2.0, 1.0])
    value, slopes = value_and_grad(lambda x: x[0, 0] * x[1, 1])(frame)
    assert value == 4.0
    np.testing.assert_array_equal(slopes, [[4.0, 0.0], [0.0, 1.0]])


# -- compiled calls ------------------------------------------------------------------------------


def test_dataclasses_and_registered_objects_are_arguments_and_results_of_compiled_calls():
    @autograd.jit
    def f(line, p):
        return Line(line.slope * p.terms["a"], [line.shift, p.terms["b"]], line.name)

    arguments = Line(2.0, 3.0, "mine"), Poly("p", a=5.0, b=np.array([7.0, 8.0]))
    result = f(*arguments)
    assert (result.slope, result.shift[0], result.name) == (10.0, 3.0, "mine")
    np.testing.assert_array_equal(result.shift[1], [7.0, 8.0])
    assert f(dataclasses.replace(arguments[0], name="other"), arguments[1]).name == "other"


def test_axes_go_into_dataclasses_and_registered_objects():
    rows = np.arange(4.0)
    f = autograd.jit(
        lambda line, p: line.slope * p.terms["a"] + p.terms["b"],
        in_axes=(Line(0, None, "mine"), None),
    )
    found = f(Line(rows, 3.0, "mine"), Poly("p", a=5.0, b=1.0))
    np.testing.assert_array_equal(found, rows * 5.0 + 1.0)


def test_keys_1_and_true_are_two_programs():
    f = autograd.jit(lambda d: d[1] * (2.0 if isinstance(next(iter(d)), bool) else 3.0))
    assert (f({1: 5.0}), f({True: 5.0}), f({1: 5.0})) == (15.0, 10.0, 15.0)


class Norm:
    pass


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (
            {"layers": [1.0, Line(2.0, Norm())]},
            r"0\['layers'\]\[1\]\.shift is a Norm: .*register_tree\(Norm,",
        ),
        ([1.0, "x"], r"0\[1\] is a str \('x'\): leave text out \("),
        ([np.array([1.0, 1j], dtype=object)], r"0\[0\]\[1\] is a complex"),
    ],
)
def test_an_object_that_is_no_tree_is_named_with_its_place(thing, words):
    for use in (autograd.jit, grad, lambda f: autograd.jit(grad(f))):
        with pytest.raises(TypeError, match=words):
            use(lambda tree: 1.0)(thing)


def test_masks_are_not_ignored_by_compiled_calls():
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    for fast in (autograd.jit(np.sum), autograd.jit(lambda x: x, in_axes=0)):
        with pytest.raises(TypeError, match="fill them"):
            fast(masked)
        fast(np.ma.masked_array([1.0, 2.0]))


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_compiled_calls_take_frames_and_series(package):
    frames = pytest.importorskip(package)
    series, frame = frames.Series([1.0, 2.0]), frames.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    assert autograd.jit(lambda x, m: x[1] * m[1, 1])(series, frame) == 8.0
    f = autograd.jit(lambda x, row: x * (row[0] + row[1]), in_axes=(0, 0))
    np.testing.assert_array_equal(f(series, frame), [4.0, 12.0])


def test_a_result_that_is_no_number_is_named_with_its_place():
    with pytest.raises(TypeError, match=r"jacobian: .* the result\['a'\]\[1\] is a str \('x'\)"):
        autograd.jacobian(lambda x: {"a": [x, "x"]})(1.0)


def test_second_derivatives_by_a_dataclass_are_dataclasses_in_a_dataclass():
    curved = hessian(lambda line: line.slope**2 * line.shift)(Line(3.0, 5.0, "mine"))
    assert curved == Line(Line(10.0, 6.0, "mine"), Line(6.0, 0.0, "mine"), "mine")
