"""Every row of the operation table: all that the project knows about each operation.

A row is ``primitive(signature, value, *partials, ...)`` or ``composite(signature, definition,
*partials, ...)``. A primitive is what every back end provides itself (Python here, LLVM, C,
JavaScript, mpmath, SymPy). A composite is an expression in our own functions, and so it runs on
every back end. A partial is called with the result ``y`` and the operands.

Rules are written with arithmetic and other operations only, so that they serve floats, Values,
traced Values and formulas alike. The form that computes is the one that is accurate everywhere, and
whose own derivatives are; where a textbook writes it otherwise, ``shown`` says so.
Where zero times infinity has a value that is known, the rule says so (``zero_wins``, ``within``).

A choice (``strong_zero``) passes nothing to an operand that it did not choose. Its rules give nan
at nan by way of the result, all of whose derivatives are nan too.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from autograd.table.activations import *
from autograd.table.arithmetic import *
from autograd.table.choices import *
from autograd.table.conditions import *
from autograd.table.conditions import QUESTIONS
from autograd.table.elementary import *
from autograd.table.error_function import *
from autograd.table.gamma import *
from autograd.table.lengths import *
from autograd.table.power import *
from autograd.table.quotients import *

# The names under which NumPy calls these on arrays of objects, as in np.arcsin(array).
NUMPY_NAMES = {
    "absolute": "abs",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "conjugate": "identity",  # np.var and np.std ask for it
    "fabs": "abs",
    "rint": "round",
}
OTHER_NAMES = {  # what functions are called elsewhere, in small letters
    **NUMPY_NAMES,
    "ln": "log",
    "expit": "sigmoid",
    "logistic": "sigmoid",
    "swish": "silu",
    "gammaln": "lgamma",
    "psi": "digamma",
}
# Methods of Values that are no rows: questions, and what NumPy calls in np.degrees(array).
METHODS: Mapping[str, Callable[[Any], Any]] = {each.__name__: each for each in QUESTIONS} | {
    name: lambda x, factor=factor: x * factor
    for factor, names in (
        (math.pi / 180.0, "deg2rad radians"),
        (180.0 / math.pi, "rad2deg degrees"),
    )
    for name in names.split()
}
