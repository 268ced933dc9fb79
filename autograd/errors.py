"""The errors of this project: each is an AutogradError and a built-in error."""

from __future__ import annotations


class AutogradError(Exception):
    """Base of all errors that autograd and nn raise themselves."""


class OperandError(AutogradError, TypeError):
    """An operation was given something that is not a real number or a Value."""


class NumberOverflowError(AutogradError, OverflowError):
    """A number is too large to be a float."""


class AmbiguousNumberError(AutogradError, TypeError):
    """A Value was used where Python needs a plain number, which would lose its gradient."""


class EditedLeafError(AutogradError, ValueError):
    """A leaf's data was edited after the graph above it was recorded."""


class RecordedResultError(AutogradError, ValueError):
    """The data of a recorded result was assigned to; only a leaf's data may be."""


class AnomalyError(AutogradError, FloatingPointError):
    """Under detect_anomaly: a value or a derivative is nan or infinite."""


class StructureError(AutogradError, ValueError):
    """The structure or the shape of arguments does not fit."""


class ArgumentError(AutogradError, TypeError):
    """A function was called with an argument of a type that it does not accept."""


class ExpressionError(AutogradError, ValueError):
    """A formula given as text cannot be read."""


class WrongDerivativeError(AutogradError, AssertionError):
    """A derivative that was worked out is not the derivative of its function."""


class NotExpressibleError(AutogradError, TypeError):
    """A function cannot be run on numbers of many digits, or on SymPy's symbols."""


class MissingAttributeError(AutogradError, AttributeError):
    """A Value was asked for what other engines' nodes have and ours have not."""


class MissingImportError(AutogradError, ModuleNotFoundError):
    """A name or a module was imported that other libraries have and ours has not."""


class TraceError(AutogradError, TypeError):
    """Under jit: Python asked a traced Value for its number, which does not exist yet."""


class ProgramError(AutogradError, ValueError):
    """A program, or its text, is not well formed."""


class ExportError(AutogradError, ValueError):
    """A program cannot be written in another language."""


class PictureError(AutogradError, ValueError):
    """A picture was requested with an invalid argument or in an unknown file format."""


class OutputFileError(AutogradError, OSError):
    """A file could not be written, or the program that makes it could not be run."""


class MissingExtraError(AutogradError, ImportError):
    """A feature needs a package that is not installed, or that is and cannot be loaded.

    Args:
        what: the feature.
        extra: the extra that brings the package.
        error: what came of the attempt to load it.
    """

    def __init__(self, what: str, extra: str, error: Exception | None = None) -> None:
        from importlib.util import find_spec

        is_absent = error is None or (
            isinstance(error, ModuleNotFoundError)
            and find_spec((error.name or "").partition(".")[0] or __name__) is None
        )
        super().__init__(
            f"{what} needs a package that is not installed: "
            f"run  pip install 'scalar-autograd[{extra}]'"
            if is_absent
            else f"{what} needs a package that is installed and broken ({type(error).__name__}: "
            f"{error}): run  pip install --force-reinstall 'scalar-autograd[{extra}]'"
        )
        self.extra = extra

    def __reduce__(self) -> tuple[object, ...]:
        return (ImportError, self.args)
