"""The errors of ``nn``: each is an AutogradError and a built-in error."""

from __future__ import annotations

from autograd import AutogradError


class InputError(AutogradError, ValueError):
    """Numbers, shapes, labels or settings that do not fit."""


class KindError(AutogradError, TypeError):
    """An argument of a type that is not accepted."""


class CellError(InputError, KindError):
    """A cell of the rows that holds no number: text, a gap, a date."""


class MissingNameError(AutogradError, AttributeError):
    """An attribute that there is not."""


class MissingImportError(AutogradError, ImportError):
    """A name was imported that other libraries have and ours has not."""


class FolderError(AutogradError, FileNotFoundError):
    """The folder of a file that is to be written does not exist."""


class DivergedError(AutogradError, FloatingPointError):
    """Training produced a loss, a gradient or a weight that is nan or infinite."""


class MissingPackageError(AutogradError, ImportError):
    """A feature of ``nn`` needs a package that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a package that is not installed: "
            f"run  pip install 'scalar-autograd[{extra}]'"
        )
        self.extra = extra

    def __reduce__(self) -> tuple[object, ...]:
        return (ImportError, self.args)
