"""Dates, durations, times of day and masked entries are no numbers, wherever one is read."""

import datetime
import warnings
from collections.abc import Callable
from typing import Any

import numpy
import pandas
import polars
import pytest

import autograd
from autograd import (
    Value,
    fori_loop,
    grad,
    jacobian,
    jit,
    maximum,
    put,
    scan,
    sin,
    take,
    vmap,
    where,
)
from autograd.errors import OperandError

with warnings.catch_warnings():  # NumPy 2.5 says that durations without a unit will go
    warnings.simplefilter("ignore", DeprecationWarning)
    WITHOUT_UNIT = numpy.array([1, 2, 3], dtype="timedelta64")
    NO_DURATION = numpy.timedelta64("NaT")
DATES = [datetime.date(2024, 1, day) for day in (1, 2, 3)]
COLUMNS = {
    "date": DATES,
    "datetime": [datetime.datetime(2024, 1, day) for day in (1, 2, 3)],
    "duration": [datetime.timedelta(days=day) for day in (1, 2, 3)],
    "time": [datetime.time(hour) for hour in (1, 2, 3)],
}
NUMBERS = [1.0, 2.0, 3.0]
TABLES = {
    **{f"Polars {name}": polars.DataFrame({"a": NUMBERS, "d": c}) for name, c in COLUMNS.items()},
    **{f"a Polars series, {name}": polars.Series(column) for name, column in COLUMNS.items()},
    "pandas datetime": pandas.DataFrame({"a": NUMBERS, "d": pandas.to_datetime(DATES)}),
    "pandas duration": pandas.DataFrame({"a": NUMBERS, "d": pandas.to_timedelta([1, 2, 3])}),
    "a pandas series": pandas.Series(pandas.to_datetime(DATES)),
    "NumPy days": numpy.array(DATES, dtype="datetime64[D]"),
    "NumPy nanoseconds": numpy.array([1, 2, 3], dtype="timedelta64[ns]"),
    "NumPy without a unit": WITHOUT_UNIT,
    "masked": numpy.ma.masked_greater(NUMBERS, 2.0),
}
READERS: dict[str, Callable[[Any], object]] = {
    "jit": jit(lambda x: (x * 2.0).sum()),
    "jit by rows": jit(lambda x: x * 2.0, in_axes=0),
    "grad": grad(lambda x: (x * 2.0).sum()),
    "jacobian": jacobian(lambda x: x * 2.0),
    "vmap": vmap(lambda x: x * 2.0),
    "scan": lambda table: scan(lambda carry, row: (carry, row), 0.0, table),
    "take": lambda table: take(table, 1),
    "put": lambda table: put(table, 1, 2.0),
    "sin": sin,
    "maximum": lambda table: maximum(Value(1.0), table),
}
SCALARS = {
    "days": numpy.timedelta64(3, "D"),
    "nanoseconds": numpy.timedelta64(3, "ns"),
    "without a unit": WITHOUT_UNIT[2],
    "no duration": NO_DURATION,
    "date": numpy.datetime64("2024-01-01"),
    "date in nanoseconds": numpy.datetime64("2024-01-01", "ns"),
    "pandas": pandas.Timestamp("2024-01-01"),
    "Python": DATES[0],
    "masked": numpy.ma.masked,
    "boxed": numpy.array(3, dtype="timedelta64[ns]"),
    "masked box": numpy.ma.array(3.0, mask=True),
}
PLACES: dict[str, Callable[[Any], object]] = {
    "Value": Value,
    "data": lambda obj: setattr(Value(1.0), "data", obj),
    "backward": lambda obj: (Value(1.0) * 2.0).backward(obj),
    "left of +": lambda obj: Value(2.0) + obj,
    "left of **": lambda obj: Value(2.0) ** obj,
    "left of <": lambda obj: Value(2.0) < obj,
    "sin": sin,
    "maximum": lambda obj: maximum(Value(1.0), obj),
    "where": lambda obj: where(True, obj, Value(1.0)),
    "sum": lambda obj: autograd.sum([Value(1.0), obj]),
    "sum of a generator": lambda obj: autograd.sum(Value(1.0) * each for each in [obj]),
    "jit": jit(lambda x: x * 2.0),
    "jit, inside": lambda obj: jit(lambda x: x * obj)(2.0),
    "a result of jit": lambda obj: jit(lambda x: obj)(2.0),
    "grad": grad(lambda x: x * 2.0),
    "grad of a list": lambda obj: grad(lambda xs: xs[0] * 2.0)([obj]),
    "loop": lambda obj: fori_loop(0, 3, lambda i, x: x * obj, Value(1.0)),
}
REFLECTED: dict[str, Callable[[Any], object]] = {
    "right of +": lambda obj: obj + Value(2.0),
    "right of *": lambda obj: obj * Value(2.0),
    "right of //": lambda obj: obj // Value(2.0),
    "right of <": lambda obj: obj < Value(2.0),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("table", TABLES)
def test_no_table_of_dates_durations_times_or_masks_is_read_as_numbers(
    table: str, reader: str
) -> None:
    with pytest.raises(OperandError, match=r"give th|fill them"):
        READERS[reader](TABLES[table])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("scalar", SCALARS)
def test_no_date_duration_or_masked_entry_is_read_as_a_number(scalar: str, place: str) -> None:
    with pytest.raises(OperandError, match=r"give the|give its|fill it"):
        PLACES[place](SCALARS[scalar])


@pytest.mark.parametrize("place", REFLECTED)
@pytest.mark.parametrize("scalar", [name for name in SCALARS if "mask" not in name][:-1])
def test_operators_of_dates_and_durations_leave_values_to_us(scalar: str, place: str) -> None:
    with pytest.raises(TypeError):
        REFLECTED[place](SCALARS[scalar])


def test_numbers_beside_dates_are_read_once_the_dates_are_left_out() -> None:
    for name in ("Polars date", "pandas datetime"):
        assert jit(lambda x: (x * 2.0).sum())(TABLES[name][["a"]]) == 12.0
    assert grad(lambda x: (x * x).sum())(numpy.ma.array(NUMBERS)).tolist() == [2.0, 4.0, 6.0]
    for scalar in (numpy.float64(2.0), numpy.int32(2), numpy.float32(2.0), numpy.bool_(True)):
        total = scalar + Value(1.0)
        assert type(total) is Value
        assert total.data == float(scalar) + 1.0
    assert type(numpy.array([1.0]) * Value(2.0)) is numpy.ndarray


def test_a_masked_array_drops_no_gradient_of_a_value_before_it() -> None:
    array, v = numpy.ma.array(NUMBERS), Value(2.0)
    for use in (lambda: v * array, lambda: v + array, lambda: v < array):
        with pytest.raises(TypeError, match=r"without gradients: write array.filled\(0.0\)"):
            use()
    (v * array.filled(0.0)).sum().backward()
    assert v.grad == 6.0
