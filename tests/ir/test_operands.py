"""The operands of a program in compact form, and the sweeps over them, in C and in Python."""

import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.engine import accelerator
from autograd.ir import operands as module
from autograd.ir.operands import Operands

ENGINES = [None] if accelerator.native is None else [None, accelerator.native]


@st.composite
def programs(draw, longest):
    """Return the operands of each number of a program, all of them numbers before it."""
    tuples = [()]
    for number in range(1, draw(st.integers(1, 30))):
        below = st.integers(0, number - 1)
        tuples.append(tuple(draw(st.lists(below, max_size=longest))))
    return tuples


def in_each_engine(do):
    """Return what comes of it in plain Python, and see that it is the same in C."""
    before, found = module.native, []
    try:
        for module.native in ENGINES:
            found.append(do())
    finally:
        module.native = before
    assert all(each == found[0] for each in found)
    return found[0]


@given(st.lists(st.lists(st.integers(0, 2**31 - 1), max_size=6).map(tuple)))
def test_operands_in_compact_form_are_the_tuples_that_were_appended(tuples):
    compact = Operands()
    for each in tuples:
        compact.append(each)
    for same in (compact, Operands(tuples)):
        assert len(same) == len(tuples)
        assert [*same] == [same[n] for n in range(len(tuples))] == same[:] == tuples
        assert [*reversed(same)] == tuples[::-1]


@given(st.data(), programs(5) | programs(3))
def test_what_results_need_is_kept_in_compact_form_under_new_numbers(data, tuples):
    roots = data.draw(st.sets(st.integers(0, len(tuples) - 1), min_size=1))
    needed, waiting = set(), [*roots]
    while waiting:
        number = waiting.pop()
        needed.add(number)
        waiting += set(tuples[number]) - needed
    compact = Operands(tuples)

    def marked():
        wanted = bytearray(number in roots for number in range(len(tuples)))
        compact.mark_needed(wanted)
        return wanted

    wanted = in_each_engine(marked)
    assert {number for number, each in enumerate(wanted) if each} == needed
    new = {number: place for place, number in enumerate(sorted(needed))}
    numbers = array.array("i", [new.get(number, -1) for number in range(len(tuples))])
    expected = [tuple(map(new.get, tuples[number])) for number in sorted(needed)]
    assert [*compact.kept(wanted, numbers)] == expected


@given(st.data(), programs(5) | programs(3))
def test_what_is_computed_from_marked_numbers_is_marked_and_ends_among_it_are_told(data, tuples):
    numbers = st.integers(0, len(tuples) - 1)
    start, ends = data.draw(st.sets(numbers)), data.draw(st.sets(numbers))
    below = [{number} for number in range(len(tuples))]
    for number, given_ in enumerate(tuples):
        below[number].update(*[below[each] for each in given_])
    found = {number for number, numbers in enumerate(below) if numbers & start}
    made = {number for number, each in enumerate(tuples) if any(below[a] & start for a in each)}

    def marked():
        marks = bytearray(number in start for number in range(len(tuples)))
        places = bytes(number in ends for number in range(len(tuples)))
        return Operands(tuples).mark_reached(marks, places), marks

    is_reached, marks = in_each_engine(marked)
    assert {number for number, each in enumerate(marks) if each} == found
    assert is_reached is bool(made & ends)


@given(programs(5) | programs(3))
def test_a_level_is_one_more_than_the_deepest_operand(tuples):
    levels = []
    for given_ in tuples:
        levels.append(1 + max([levels[each] for each in given_]) if given_ else 0)
    assert [*in_each_engine(Operands(tuples).levels)] == levels


@pytest.mark.skipif(accelerator.native is None, reason=accelerator.reason)
def test_columns_that_are_no_program_are_refused_before_anything_is_written():
    def column(*numbers):
        return array.array("i", numbers)

    native = accelerator.native
    for first, second, third in (
        (column(-1, 1), column(-1, -1), column()),  # made of itself
        (column(-1, 0), column(-1, 2), column()),
        (column(-1, 0), column(-1, 0), column(-1, 7)),
        (column(-1, 0), column(-1), column()),
        (column(-1, 0), column(-1, 0), column(-1, 0, 0)),
    ):
        with pytest.raises(ValueError, match=r"operand|columns"):
            native.mark_needed(first, second, third, bytearray(2))
        with pytest.raises(ValueError, match=r"operand|columns"):
            native.mark_reached(first, second, third, bytearray(2), bytes(2))
        with pytest.raises(ValueError, match=r"operand|columns"):
            native.count_levels(first, second, third, column(0, 0))
    good = column(-1, 0), column(-1, 0), column()
    with pytest.raises(ValueError, match="columns"):
        native.mark_needed(*good, bytearray(3))
    with pytest.raises(ValueError, match="columns"):
        native.mark_reached(*good, bytearray(2), bytes(1))
    with pytest.raises(BufferError):
        native.mark_needed(*good, bytes(2))
    with pytest.raises(TypeError):
        native.count_levels(*good, [0, 0])
