"""Functions of numbers on NumPy's arrays: element by element, broadcast as NumPy does.

Scalars pay nothing for it: an operation looks for arrays only after it met something that is no
number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import StructureError
from autograd.trees import array_in, array_of, is_array


def by_element(function: Callable[..., Any], operands: Sequence[Any], name: str) -> Any:
    """Return the array of what a function gives for each element.

    Args:
        function: of as many numbers as there are operands.
        operands: arrays, Values and numbers.
        name: of the function, for messages.

    Raises:
        TypeError: an element is no number.
        ValueError: the shapes do not fit.
    """
    import numpy

    whole = [array_in(each) if is_array(each) else each for each in operands]
    objects = [numpy.asarray(each, dtype=object) for each in whole]
    try:
        arrays = numpy.broadcast_arrays(*objects)
    except ValueError:
        shapes = " and ".join(str(each.shape) for each in objects if each.shape)
        raise StructureError(f"{name}: arrays of the shapes {shapes} do not fit together") from None
    results = list(map(function, *[array.ravel().tolist() for array in arrays]))
    return array_of(results, arrays[0].shape)
