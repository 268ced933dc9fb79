"""Copies of Modules by a plan are those that copy.deepcopy makes."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from autograd import Value, value_and_grad
from nn.copies import NotPlainError, Plan
from nn.structure import Tree, layout_of

SHARED = {"a set", "of text"}


class Part(nn.Module):
    """A Module with whatever attributes."""

    def __call__(self, x):
        return x


class Special(Part):
    """A Module that is copied in its own way."""

    def __setstate__(self, state):
        self.__dict__.update(state, restored=True)


KINDS = ["parameter", "number", "text", "none", "list", "tuple", "dict", "module", "again", "root"]
RARE = ["set", "range", "special"]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS * 3 + RARE), st.integers(0, 40)), max_size=25)


def built(steps):
    """Build a Module by steps, each of which puts something into one of the containers so far."""
    root = Part()
    containers, things = [root], [root]
    for number, (kind, where) in enumerate(steps):
        part = {
            "parameter": lambda n: Value(float(n), label="w" * (n % 2)),
            "number": float,
            "text": str,
            "none": lambda n: None,
            "list": lambda n: [],
            "tuple": lambda n: (Value(float(n)), n, [Value(1.0)]),
            "dict": lambda n: {},
            "module": lambda n: Part(),
            "again": lambda n: things[n % len(things)],
            "root": lambda n: root,
            "set": lambda n: SHARED,
            "range": range,
            "special": lambda n: Special(),
        }[kind](number)
        container = containers[where % len(containers)]
        if isinstance(container, list):
            container.append(part)
        elif isinstance(container, dict):
            container[f"key {number}"] = part
        else:
            setattr(container, f"part_{number}", part)
        things.append(part)
        if isinstance(part, (list, dict, Part)) and part not in containers:
            containers.append(part)
    return root


def described(obj, seen):
    """Return what tells apart structures, and which of their parts are one and the same."""
    if obj is SHARED:
        return "the set itself"
    if isinstance(obj, (Value, Tree, list, dict)):
        if id(obj) in seen:
            return "again", seen[id(obj)][0]
        seen[id(obj)] = len(seen), obj
    if isinstance(obj, Value):
        return "Value", obj.data, obj.label
    if isinstance(obj, Tree):
        parts = {k: v for k, v in vars(obj).items() if k != "_layout"}
        return type(obj), [(k, described(v, seen)) for k, v in parts.items()]
    if isinstance(obj, dict):
        return [(k, described(v, seen)) for k, v in obj.items()]
    if isinstance(obj, (list, tuple)):
        return type(obj), [described(part, seen) for part in obj]
    return type(obj), obj


@settings(max_examples=300, deadline=None)
@given(STEPS, st.booleans())
def test_a_plan_makes_the_copies_that_deepcopy_makes(steps, are_foreign):
    try:
        root = built(steps)
        recipe = layout_of(root).recipe(root)
    except RecursionError:
        return
    if recipe.refusal:
        return
    count = len(root.parameters())
    leaves = [Value(float(n)) if are_foreign else float(n) for n in range(count)]
    planned = recipe.promised(leaves)
    planned_parameters = planned.parameters()
    plan, recipe._plan = recipe._plan, None
    copied = recipe.promised(leaves)
    copied_parameters = copied.parameters()
    recipe._plan = plan
    rare = {"range", "special"}
    assert plan is not None or rare.intersection(kind for kind, _ in steps)
    assert described(planned, {}) == described(copied, {})
    assert [p.data for p in planned_parameters] == [p.data for p in copied_parameters]
    originals = {id(p) for p in root.parameters()}
    assert not originals.intersection(map(id, planned_parameters))


def test_what_was_set_on_a_promised_model_stays():
    model = nn.MLP(2, [2, 1], seed=0)

    def loss(model):
        model.scale = 3.0
        return sum(p * p for p in model.parameters()) * model.scale

    value, gradient = value_and_grad(loss)(model)
    numbers = [p.data for p in model.parameters()]
    assert value == pytest.approx(3 * sum(n * n for n in numbers))
    assert [p.data for p in gradient.parameters()] == pytest.approx([6 * n for n in numbers])
    assert not hasattr(model, "scale")


def test_what_only_deepcopy_can_copy_has_no_plan():
    attributes = {"w": bytearray(b"x")}
    with pytest.raises(NotPlainError):
        Plan(attributes, {}, (), lambda obj: None)
    model = Part()
    model.part = Special()
    model.part.w = Value(2.0)
    gradient = value_and_grad(lambda model: model.part.w**2)(model)[1]
    assert (gradient.part.w.data, gradient.part.restored) == (4.0, True)
    assert copy.deepcopy(model).part.restored
