"""The tests are tested: every rule that is made slightly wrong must be caught."""

import pytest
from table_referees import miss, points_of

from autograd.table.operation import IEEE, TABLE

RULES = [
    (row, index) for row in TABLE.values() for index in row.variables if row.name != "stop_gradient"
]
COUNT = 25


def is_zero(row, index):
    points = points_of(row, COUNT)
    return all(row.partial(index, row.value(*point), point) == 0.0 for point in points)


def is_caught(row, index):
    """Return whether the comparison that test_table_accuracy makes finds the rule wrong."""
    for point in points_of(row, COUNT):
        partial = row.partial(index, row.value(*point), point)
        if miss(row, point, (index,), partial):
            return True
    return False


def mutated(monkeypatch, row, index, rule):
    rules = list(row.partials)
    rules[index] = rule
    monkeypatch.setattr(row, "partials", tuple(rules))


NONZERO = [(row, index) for row, index in RULES if not is_zero(row, index)]
by_rule = pytest.mark.parametrize(
    ("row", "index"), NONZERO, ids=[f"{row.name}-{index}" for row, index in NONZERO]
)


def test_the_rules_that_are_zero_are_those_known_to_be():
    zero = {row.name for row, index in RULES if is_zero(row, index)}
    known = {"sign", "floor", "ceil", "round", "where", "floor_divide", "copysign"}
    known |= {name for name, row in TABLE.items() if row.is_condition}
    assert zero == known


@by_rule
def test_an_untouched_rule_passes(row, index):
    assert not is_caught(row, index)


@by_rule
def test_a_rule_scaled_by_a_thousandth_is_caught(row, index, monkeypatch):
    rule = row.partials[index]
    mutated(monkeypatch, row, index, lambda *operands: 1.001 * rule(*operands))
    assert is_caught(row, index)


@by_rule
def test_a_rule_of_the_other_sign_is_caught(row, index, monkeypatch):
    rule = row.partials[index]
    mutated(monkeypatch, row, index, lambda *operands: -rule(*operands))
    assert is_caught(row, index)


class Signless(IEEE):
    """A float that forgets one minus: the one whose turn it is."""

    turn = -1
    count = 0

    @classmethod
    def _forgets(cls):
        cls.count += 1
        return cls.count - 1 == cls.turn

    def __neg__(self):
        return Signless(float(self) if self._forgets() else -float(self))

    def __sub__(self, other):
        other = -float(other) if self._forgets() else float(other)
        return Signless(float(self) - other)

    def __rsub__(self, other):
        own = -float(self) if self._forgets() else float(self)
        return Signless(float(other) - own)

    def __add__(self, other):
        return Signless(float(self) + float(other))

    def __mul__(self, other):
        return Signless(float(self) * float(other))

    def __truediv__(self, other):
        return Signless(IEEE(self) / other)

    def __rtruediv__(self, other):
        return Signless(IEEE(other) / float(self))

    def __pow__(self, other):
        return Signless(IEEE(self) ** other)

    def __abs__(self):
        return Signless(abs(float(self)))

    __radd__, __rmul__ = __add__, __mul__

    @staticmethod
    def _apply(operation, operands):
        return Signless(operation.value(*map(float, operands)))


def signs_in(rule, arity):
    Signless.turn, Signless.count = -1, 0
    rule(*[Signless(0.5)] * (arity + 1))
    return Signless.count


# Signs in what the rounding of a difference lost, which few points show; by the other operand the
# same signs are found.
LOST = {("logaddexp", 0, 0), ("logaddexp", 0, 1)}
SIGNS = [
    (row, index, turn)
    for row, index in NONZERO
    if not row.static
    for turn in range(signs_in(row.partials[index], row.arity))
    if (row.name, index, turn) not in LOST
]


@pytest.mark.parametrize(
    ("row", "index", "turn"),
    SIGNS,
    ids=[f"{row.name}-{index}-{turn}" for row, index, turn in SIGNS],
)
def test_a_dropped_sign_is_caught(row, index, turn, monkeypatch):
    rule = row.partials[index]

    def without_one_sign(*operands):
        Signless.turn, Signless.count = turn, 0
        return float(rule(*map(Signless, operands)))

    mutated(monkeypatch, row, index, without_one_sign)
    assert is_caught(row, index)


def test_there_are_signs_to_drop():
    assert len(SIGNS) >= 12
